import { type Catalog, cellsOf, domainOf, micro, plannedTables, tableName } from './catalog.ts';

/** Names under which a person can be found again: never a dimension, in any language that Ficha reads. */
const quasiIdentifiers =
  /(^|-)(name|nombre|nome|nom|surname|email|mail|phone|telefono|mobile|address|street|postcode|postal|zip|cap|cp|city|town|municipality|birth|birthday|dob|tax|nif|dni|vat|iban|id|identifier|ip|device|cookie|gps|latitude|longitude|employer|company|job|profession|diagnosis|religion|ethnicity|gender|day|week|hour|time|date)(-|$)/;

/** Values that single people out: dates, long numbers, addresses of any kind. */
const tellingValue = /\d{4,}|@|\d{1,2}[/.]\d{1,2}/;

const mostCells = 1_000;

/**
 * What is wrong with the declarations, in words; nothing when they may be released: quasi-identifiers as dimensions, unknown names,
 * tables without their total or their count, more epsilon than the budget.
 */
export function lintCatalog(catalog: Catalog): readonly string[] {
  return [...dimensionProblems(catalog), ...metricProblems(catalog), ...tableProblems(catalog), ...budgetProblems(catalog)];
}

function dimensionProblems({ dimensions }: Catalog): string[] {
  return [...dimensions].flatMap(([name, dimension]) => [
    ...(quasiIdentifiers.test(name)
      ? [
          `metric-quasi-identifier: analytics/dimensions/${name}.yaml: people can be found again by "${name}"; it cannot be a dimension. Take a coarse one, such as country or age-band`,
        ]
      : []),
    ...domainOf(dimension)
      .filter((value) => tellingValue.test(value))
      .map(
        (_, place) =>
          `metric-quasi-identifier: analytics/dimensions/${name}.yaml, values.${place}: a value that looks like a date, a number or an address singles people out`,
      ),
    ...Object.entries(dimension.aliases ?? {})
      .filter(([, meant]) => !dimension.values.includes(meant))
      .map(
        ([alias]) =>
          `metric-unknown-value: analytics/dimensions/${name}.yaml, aliases.${alias}: means a value that is not declared`,
      ),
  ]);
}

function metricProblems({ metrics }: Catalog): string[] {
  const released = (name: string): boolean => metrics.get(name)?.kind === 'released';
  return [...metrics].flatMap(([name, declared]) => {
    const parts =
      declared.kind === 'released'
        ? [declared.countedBy ?? name]
        : declared.kind === 'ratio'
          ? [declared.of, declared.per]
          : [declared.of];
    return parts
      .filter((part) => !released(part))
      .map((part) => `metric-unknown: analytics/metrics/${name}.yaml: "${part}" is not a released metric`);
  });
}

function tableProblems(catalog: Catalog): string[] {
  const planned = plannedTables(catalog);
  const names = new Set(planned.map(tableName));
  return planned.flatMap((table) => {
    const where = `analytics/metrics/${table.metric}.yaml, table ${tableName(table)}`;
    const unknown = table.dimensions.filter((name) => !catalog.dimensions.has(name));
    if (unknown.length > 0) return [`metric-unknown-dimension: ${where}: there is no dimension ${unknown.join(', ')}`];
    const problems: string[] = [];
    const needed = [
      { metric: table.metric, dimensions: [] },
      { metric: table.countedBy, dimensions: table.dimensions },
      { metric: table.countedBy, dimensions: [] },
    ];
    for (const one of needed.filter((one) => !names.has(tableName(one)))) {
      problems.push(`metric-table-missing: ${where}: needs the table ${tableName(one)} too; declare it`);
    }
    const byEvent = table.dimensions.some((name) => catalog.dimensions.get(name)?.from === 'event-channel');
    if (byEvent && !['active', 'sales', 'revenue-cents', 'tickets'].includes(table.measure)) {
      problems.push(`metric-dimension-misfit: ${where}: a channel belongs to sales and contacts, not to every client`);
    }
    const cells = cellsOf(catalog, table.dimensions).length;
    if (cells > mostCells) problems.push(`metric-table-large: ${where}: ${cells} cells, at most ${mostCells}`);
    return problems;
  });
}

function budgetProblems(catalog: Catalog): string[] {
  const spent = plannedTables(catalog).reduce((sum, { epsilonMicro }) => sum + epsilonMicro, 0);
  const budget = micro(catalog.parameters.budget);
  return spent <= budget
    ? []
    : [
        `metric-budget: the declared tables cost ${spent / 1_000_000} epsilon a month, analytics/parameters.yaml allows ${catalog.parameters.budget}. Lower the epsilon of a metric, or drop a table`,
      ];
}
