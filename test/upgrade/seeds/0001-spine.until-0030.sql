insert into golden_field (client_id, field, source_record_id, linked_system_id, rule, at, losing) values
  ('00000000-0000-7000-8000-000000000001', 'familyName', 1, 'erp', 'source-rank', '2026-01-02T00:00:00Z',
   '[{"value": "Nuñez", "sourceRecordId": "2", "linkedSystemId": "crm", "at": null}]');
