/**
 * Temporal loads this file by path into the worker and into the workflow sandbox, so it is plain JavaScript without a build.
 * Messages and stacks of failures travel as an encoded payload, which the codec encrypts.
 */
const { DefaultFailureConverter } = require('@temporalio/common');

exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
