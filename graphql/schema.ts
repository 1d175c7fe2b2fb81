import { builder } from './builder.ts';
import { describeRecurring } from './recurring-words.ts';
import './types/accountability.ts';
import './types/data-quality.ts';
import './types/find-clients.ts';
import './types/identity-history.ts';
import './types/metric.ts';
import './types/metric-budget.ts';
import './types/operations.ts';
import './types/overview.ts';
import './types/privacy-request.ts';
import './types/processing-record.ts';
import './types/rejected-records.ts';
import './types/review.ts';

builder.queryType({ description: 'Everything that can be read. Nothing is written here: orders go through the command API.' });

/** The whole schema: queries only. */
export const schema = describeRecurring(builder.toSchema());
