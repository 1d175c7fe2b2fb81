update source_record set canonical = canonical || '{"phones": ["+34600111333"]}' where id = 1;
