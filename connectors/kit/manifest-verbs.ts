import { FichaError } from '../../domain/record/error.ts';
import type { ConnectorManifest, ConsentRule } from '../../schemas/types.ts';
import type {
  CheckResult,
  ConsentReading,
  EraseResult,
  ExportedRecord,
  Identifier,
  LinkedSystem,
  RecordRef,
  Residue,
  SuppressionOrder,
  SuppressResult,
  VerifyResult,
} from './contract.ts';
import type { HookContext } from './hooks.ts';
import { durationMs } from './list-pages.ts';
import { kindsOf } from './manifest.ts';
import { callOf, runSteps } from './request-step.ts';
import type { Scope } from './template.ts';
import { textAt, valueAt } from './value-path.ts';

type ManifestVerbs = Omit<LinkedSystem, 'systemId' | 'capabilities' | 'pull'>;

const asList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

const refOf = (kind: RecordRef['kind'], externalId: string): RecordRef => ({ kind, externalId });

/** The verbs that a manifest says, over one opened system. A verb that it does not say answers `unsupported` or `unknowable`. */
export function manifestVerbs(manifest: ConnectorManifest, { send, config, now }: HookContext): ManifestVerbs {
  const scopeOf = (ref: RecordRef): Scope => ({ config, id: ref.externalId });

  /** One record by its own address; undefined when it is not there. */
  const getRecord = async (ref: RecordRef, entityName?: string): Promise<unknown> => {
    const found = Object.entries(manifest.entities).find(
      ([name, entity]) => (entityName ?? name) === name && kindsOf(name, entity).includes(ref.kind) && entity.get !== undefined,
    );
    const get = found?.[1].get;
    if (get === undefined) throw new FichaError('verb-unsupported', `${manifest.name} cannot read one ${ref.kind} by its id`);
    const answer = await send({ ...callOf(get, scopeOf(ref)), expect: [404, 410] });
    if (answer.status === 404 || answer.status === 410) return undefined;
    const value = valueAt(answer.body, get.select ?? '.');
    return Array.isArray(value) ? (value as readonly unknown[])[0] : value;
  };

  const readingOf = (rule: ConsentRule, record: unknown): ConsentReading => ({
    channel: rule.channel,
    purpose: rule.purpose,
    answer: rule.values[textAt(record, rule.read) ?? ''] ?? 'unknown',
  });

  const ruleFor = (order: SuppressionOrder): readonly ConsentRule[] =>
    (manifest.consent ?? []).filter(
      ({ channel, purpose }) => channel === order.channel && (order.purpose === '*' || purpose === order.purpose),
    );

  /** Changes one state and believes only what is read back. */
  const change = async (ref: RecordRef, order: SuppressionOrder, verb: 'suppress' | 'unsuppress'): Promise<SuppressResult> => {
    const rules = ruleFor(order).filter((rule) => rule[verb] !== undefined);
    if (rules.length === 0) return { result: 'unsupported', code: 'channel-not-used' };
    const wanted = verb === 'suppress' ? 'denied' : 'granted';
    let applied = false;
    for (const rule of rules) {
      const before = await getRecord(ref, rule.entity);
      if (before === undefined) return { result: 'absent' };
      if (readingOf(rule, before).answer === wanted) continue;
      if (order.dryRun === true) return { result: 'would-apply' };
      const { answer } = await runSteps(rule[verb] ?? [], send, { ...scopeOf(ref), order, key: order.key });
      const after = await getRecord(ref, rule.entity);
      const status = answer === undefined ? {} : { status: answer.status };
      if (after === undefined) return { result: 'absent', ...status };
      if (readingOf(rule, after).answer !== wanted) return { result: 'refused', code: 'read-back-differs', ...status };
      applied = true;
    }
    return { result: applied ? 'applied' : 'already' };
  };

  const residueOf = (kind: RecordRef['kind']): readonly Residue[] =>
    (manifest.erase?.[kind]?.residue ?? []).map(({ where, due }) => ({
      where,
      due: due === undefined ? null : new Date(now().getTime() + durationMs(due)).toISOString().slice(0, 10),
    }));

  return {
    async check(): Promise<CheckResult> {
      if (manifest.check === undefined) return { ok: true, problems: [] };
      try {
        await send(callOf({ ...manifest.check, reads: true }, { config }));
        return { ok: true, problems: [] };
      } catch (error) {
        if (!(error instanceof FichaError)) throw error;
        return { ok: false, problems: [{ verb: 'check', code: error.code, say: error.message }] };
      }
    },
    async lookup(identifiers: readonly Identifier[]): Promise<readonly RecordRef[]> {
      const found = new Map<string, RecordRef>();
      for (const identifier of identifiers) {
        for (const rule of (manifest.lookup ?? []).filter(({ by }) => by === identifier.kind)) {
          const call = callOf({ ...rule, reads: true }, { config, identifier: identifier.value });
          const answer = await send({ ...call, expect: [404, ...(rule.absent ?? [])] });
          if (answer.status >= 400) continue;
          const items = asList(valueAt(answer.body, rule.select ?? '.'));
          const { confirm } = rule; // a vendor that drops a filter it does not know answers everyone
          const sure =
            confirm === undefined
              ? items
              : items.filter((item) => textAt(item, confirm)?.toLowerCase() === identifier.value.toLowerCase());
          for (const item of sure) {
            const id = textAt(item, rule.id);
            if (id !== undefined) found.set(`${rule.kind}:${id}`, refOf(rule.kind, id));
          }
        }
      }
      return [...found.values()];
    },
    async readConsent(ref: RecordRef): Promise<readonly ConsentReading[]> {
      const readings: ConsentReading[] = [];
      for (const rule of manifest.consent ?? []) readings.push(readingOf(rule, await getRecord(ref, rule.entity)));
      return readings;
    },
    suppress: (ref, order) => change(ref, order, 'suppress'),
    unsuppress: (ref, order) =>
      order.consentEventId === ''
        ? Promise.resolve({ result: 'refused', code: 'no-consent-proof' })
        : change(ref, order, 'unsuppress'),
    async erase(ref, options): Promise<EraseResult> {
      const rule = manifest.erase?.[ref.kind];
      if (rule === undefined) return { result: 'refused', code: 'verb-unsupported', residue: [] };
      if (options.dryRun === true) return { result: 'would-erase', residue: residueOf(ref.kind) };
      const { answer } = await runSteps(rule.steps, send, { ...scopeOf(ref), key: options.key });
      const status = answer === undefined ? {} : { status: answer.status };
      const residue = residueOf(ref.kind);
      const settled = rule.mode === 'hard' || rule.mode === 'overwrite';
      return { result: settled ? (residue.length === 0 ? 'done' : 'partial') : 'accepted', residue, ...status };
    },
    async export(ref): Promise<ExportedRecord | null> {
      const parts = manifest.export?.[ref.kind]?.parts;
      if (parts === undefined) {
        const record = await getRecord(ref);
        return record === undefined ? null : { ref, fields: record as ExportedRecord['fields'], attachments: [] }; // as the vendor names them
      }
      const fields: Record<string, unknown> = {};
      for (const [name, step] of Object.entries(parts)) {
        const answer = await send({ ...callOf({ ...step, reads: true }, scopeOf(ref)), expect: [404, 410] });
        if (answer.status < 400) fields[name] = answer.body;
      }
      return Object.keys(fields).length === 0 ? null : { ref, fields, attachments: [] };
    },
    async verify(ref): Promise<VerifyResult> {
      const rule = manifest.verify?.[ref.kind];
      if (rule === undefined) return { result: 'unknowable', residue: [], count: 0 };
      const absent = rule.absent ?? [404];
      const answer = await send({
        ...callOf({ ...rule, reads: true }, scopeOf(ref)),
        reads: true,
        expect: [...absent, 404, 410],
      });
      const { status } = answer;
      if (absent.includes(status)) return { result: 'gone', residue: [], count: 0, status };
      const there = rule.select === undefined ? [answer.body] : asList(valueAt(answer.body, rule.select));
      if (there.length === 0) return { result: 'gone', residue: [], count: 0, status };
      return { result: 'present', residue: [{ where: `${manifest.name}: ${ref.kind}`, due: null }], count: there.length, status };
    },
    close: () => Promise.resolve(),
  };
}
