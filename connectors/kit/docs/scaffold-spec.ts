/** What the small vendor of the scaffold allows: the twin refuses every request that is not described here. */
export const specTemplate = (title: string): string => `{
  "openapi": "3.0.3",
  "info": {
    "title": "${title}",
    "version": "1",
    "description": "Written for the tests from the vendor's public pages: each operation that the manifest calls, and no more than the vendor allows."
  },
  "paths": {
    "/people": {
      "get": {
        "summary": "People, by id",
        "parameters": [
          {
            "name": "limit",
            "in": "query",
            "required": false,
            "schema": {
              "type": "integer",
              "minimum": 1,
              "maximum": 50
            }
          },
          {
            "name": "after",
            "in": "query",
            "required": false,
            "schema": {
              "type": "string"
            }
          },
          {
            "name": "since",
            "in": "query",
            "required": false,
            "schema": {
              "type": "string"
            }
          },
          {
            "name": "email",
            "in": "query",
            "required": false,
            "schema": {
              "type": "string"
            }
          },
          {
            "name": "ids",
            "in": "query",
            "required": false,
            "schema": {
              "type": "string"
            }
          }
        ],
        "responses": {
          "200": {
            "description": "One page of people"
          }
        }
      }
    },
    "/people/deleted": {
      "get": {
        "summary": "Ids of people who were deleted",
        "responses": {
          "200": {
            "description": "All of them"
          }
        }
      }
    },
    "/people/{id}": {
      "parameters": [
        {
          "name": "id",
          "in": "path",
          "required": true,
          "schema": {
            "type": "string"
          }
        }
      ],
      "get": {
        "summary": "One person",
        "responses": {
          "200": {
            "description": "The person"
          }
        }
      },
      "patch": {
        "summary": "Change a person",
        "requestBody": {
          "required": true,
          "content": {
            "application/json": {
              "schema": {
                "type": "object",
                "properties": {
                  "firstName": {
                    "type": "string"
                  },
                  "lastName": {
                    "type": "string"
                  },
                  "email": {
                    "type": "string"
                  },
                  "mailing": {
                    "type": "string",
                    "enum": ["yes", "no"]
                  }
                },
                "additionalProperties": false,
                "minProperties": 1
              }
            }
          }
        },
        "responses": {
          "200": {
            "description": "The person"
          }
        }
      },
      "delete": {
        "summary": "Delete a person for good",
        "responses": {
          "204": {
            "description": "Gone"
          }
        }
      }
    }
  }
}
`;
