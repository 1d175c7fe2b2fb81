-- A key of the new kind: its class is in the two lowest bits, and it is listed beside the form. Where a golden value is from.
insert into match_key (key, source_record_id) values (-42, 1);
update match_form set keys = '{-42}' where source_record_id = 1;
update client set origins =
  '[{"field": "familyName", "source_record_id": 1, "linked_system_id": "erp", "rule": "source-rank", "at": "2026-01-02T00:00:00Z",
     "losing": [{"value": "Nuñez", "sourceRecordId": "2", "linkedSystemId": "crm", "at": null}]}]'
 where id = '00000000-0000-7000-8000-000000000001';
