update projection_state set unsure_versions = '{[1,4),[7,9)}', since = 12;
