import type { DataRecord, DataRequestView } from '@liandong/schema/domains/sharing';
import type { DivisionCode } from '@liandong/schema/kernel';
import { dataRecordSchema, dataValuesSchema } from '@liandong/schema/domains/sharing';
import { maskNumbersIn, problem } from '@liandong/schema/kernel';
import { payloadOf } from '../trust/index.ts';
import type { StoredRequest } from './tables.ts';

/** A request as a desk shows it. @param open whether the values are shown; numbers in them are masked */
export function requestView(request: StoredRequest, node: DivisionCode, open: boolean): DataRequestView {
  const { id, caseId, offer, asker, provider, item, askedBy, askedAt, state, answeredAt, replaces } = request;
  const values = open ? valuesOf(request) : {};
  return {
    id,
    caseId,
    offer,
    asker,
    provider,
    item,
    askedBy,
    askedAt,
    state,
    answeredAt,
    replaces,
    fields: labelled(request).map((field) => {
      const value = values[field.name] ?? null;
      return { ...field, value: value && maskNumbersIn(value) };
    }),
    refusals: (recordOf(request)?.faults ?? []).map(
      ({ field, message, article }) =>
        problem('DATA_OUT_OF_GRANT', message, { field, article, node: provider }).problem,
    ),
    answeredBy: node,
  };
}

/** The values that were given, by their fields; none before the answer. */
export function valuesOf({ given }: StoredRequest): Readonly<Record<string, string>> {
  return given === null ? {} : dataValuesSchema.parse(JSON.parse(given));
}

/** The fields asked for, with their names from the offering node's record. */
export function labelled(request: StoredRequest): DataRecord['fields'] {
  return recordOf(request)?.fields ?? request.fields.map((name) => ({ name, label: name }));
}

/** The record as it was checked when it came in. */
function recordOf({ record }: StoredRequest): DataRecord | null {
  return record === null ? null : dataRecordSchema.parse(payloadOf(record));
}
