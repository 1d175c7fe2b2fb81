insert into special_value (source_record_id, field, category, sealed, value_hash, state, value, basis, settled_by, since) values
  (1, 'x_diet', 'health', '\x70', '\x71', 'released', '"no gluten"', 'consent', 'policy', '2026-03-20T00:00:00Z'),
  (1, 'x_union', 'trade-union', '\x72', '\x73', 'held', null, null, null, '2026-03-20T00:00:00Z');
