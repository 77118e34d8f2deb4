import type { GraphQLArgument, GraphQLInputType, GraphQLNamedType, GraphQLOutputType, GraphQLSchema } from 'graphql';
import {
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** Values by the name of a field, or by `Input.field` or `question.argument` where the name alone says too little. */
export type Samples = Readonly<Record<string, unknown>>;

const UUID = '0198c0de-0000-7000-8000-000000000001';
const DIGEST = 'a'.repeat(64);
/** Values that every walk needs: parts that belong together although each may be left out, and texts of one form. */
const ALWAYS: Samples = {
  ...Object.fromEntries(
    ['MaterialInput', 'BundleMaterialInput'].flatMap((input) => [
      [`${input}.fileName`, '1.pdf'],
      [`${input}.mediaType`, 'application/pdf'],
      [`${input}.content`, Buffer.from('%PDF-1.4 sample %%EOF').toString('base64')],
    ]),
  ),
  'ArrangeMaterialsInput.materials': [{ kept: DIGEST }],
  'ArrangedMaterialInput.kept': DIGEST,
  'AttachItemFormInput.fileName': '1.pdf',
  'AttachItemFormInput.mediaType': 'application/pdf',
  'AttachItemFormInput.content': Buffer.from('%PDF-1.4 sample %%EOF').toString('base64'),
  'formPart.sha256': DIGEST,
  'OpenUploadInput.mediaType': 'application/pdf',
  'OpenUploadInput.sha256': DIGEST,
  'AddToUploadInput.upload': UUID,
  'DiscardUploadInput.upload': UUID,
  'upload.id': UUID,
  'RecordReportResultInput.upload': UUID,
  'ReportOutsideInput.way': 'EXCHANGE',
  '_casesWithin.asked': JSON.stringify({
    filter: null,
    first: 5,
    from: { at: { urgent: null, running: null, paused: null }, behind: [] },
  }),
  'OpenAccountInput.username': 'wang-fang',
  'RenewCodeInput.username': 'wang-fang',
  'EndAccountInput.username': 'wang-fang',
  'leaving.username': 'wang-fang',
  'EndPostInput.id': UUID,
  'EndDeviceInput.device': UUID,
  'TakeCaseNumbersInput.device': UUID,
  'ReturnCaseNumbersInput.block': UUID,
  'meeting.id': UUID,
  'PlanMeetingInput.begins': '09:00',
  ...Object.fromEntries(
    [
      'PutOnAgendaInput',
      'TakeOffAgendaInput',
      'RecordAttendanceInput',
      'RecordOutcomeInput',
      'GiveTaskInput',
      'CloseMeetingInput',
      'CancelMeetingInput',
    ].map((input) => [`${input}.meeting`, UUID]),
  ),
  'FinishTaskInput.task': UUID,
};

/** The smallest input a mutation accepts. Plain texts get a fixed text; values with a meaning come from the samples. */
export function sampleInput(type: GraphQLInputType, samples: Samples, place = ''): unknown {
  if (isNonNullType(type)) return sampleInput(type.ofType, samples, place);
  const [input = '', field = ''] = place.split('.');
  // many at once take what one takes
  const ofOne = `${input.replace(/sInput$/, 'Input')}.${field}`;
  for (const name of [place, ofOne]) if (name in samples) return samples[name];
  if (place in ALWAYS) return ALWAYS[place];
  if (field !== '' && field in samples) return samples[field];
  if (isListType(type)) return [sampleInput(type.ofType, samples, place)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    return Object.fromEntries(
      Object.values(type.getFields())
        .filter((f) => isNonNullType(f.type) || [samples, ALWAYS].some((s) => `${type.name}.${f.name}` in s))
        .map((f) => [f.name, sampleInput(f.type, samples, `${type.name}.${f.name}`)]),
    );
  }
  return sampleScalar(type.name, `${input}.${field}`);
}

function sampleScalar(type: string, place: string): unknown {
  switch (type) {
    case 'Int':
      return 1;
    case 'Float':
      return 1;
    case 'Boolean':
      return true;
    case 'Fen':
      return 100;
    case 'Date':
      return '2026-06-01';
    case 'DateTime':
      return '2026-06-01T01:00:00.000Z';
    case 'Base64':
      return Buffer.from('%PDF-1.4 sample %%EOF').toString('base64');
    case 'ID':
    case 'String':
      return 'sample text';
    default:
      throw new Error(`no sample of ${type} for ${place}`);
  }
}

/** A question or a mutation with its variables. */
export interface Call {
  query: string;
  variables: Record<string, unknown>;
}

/** A place of a root field's arguments where a text may stand, and the call that has a given one there. */
export interface TextPlace {
  /** As a refusal names it: `applicant.name`, `keys.0.id`. */
  field: string;
  call: (text: string) => Call;
}

/** Every place of a root field where a text or an id may stand, optional ones as well. */
export function textPlaces(
  schema: GraphQLSchema,
  kind: 'query' | 'mutation',
  field: string,
  samples: Samples,
): TextPlace[] {
  const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
  const found = root?.getFields()[field];
  if (!found) throw new Error(`no ${kind} ${field}`);
  const { query, variables } =
    kind === 'query' ? queryCall(schema, field, samples) : mutationCall(schema, field, samples);
  return found.args.flatMap((arg) =>
    placesIn(arg.type, samples, `${kind === 'query' ? field : ''}.${arg.name}`).map(({ path, put }) => ({
      field: [...(arg.name === 'input' ? [] : [arg.name]), ...path].join('.'),
      call: (text: string) => ({
        query: withArgument(query, arg),
        variables: { ...variables, [arg.name]: put(text) },
      }),
    })),
  );
}

/** The call with an argument that it may have left out. */
function withArgument(query: string, { name, type }: GraphQLArgument): string {
  if (query.includes(`$${name}:`)) return query;
  const declared = `$${name}: ${String(type)}`;
  const given = `${name}: $${name}`;
  const call = query.includes('Walk(')
    ? query.replace('Walk(', `Walk(${declared}, `)
    : query.replace('Walk', `Walk(${declared})`);
  return /\{ \w+\(/.test(call) ? call.replace(/(\{ \w+\()/, `$1${given}, `) : call.replace(/(\{ \w+)/, `$1(${given})`);
}

interface PlaceIn {
  path: string[];
  put: (text: string) => unknown;
}

function placesIn(type: GraphQLInputType, samples: Samples, place: string): PlaceIn[] {
  if (isNonNullType(type)) return placesIn(type.ofType, samples, place);
  if (isListType(type)) {
    return placesIn(type.ofType, samples, place).map(({ path, put }) => ({
      path: ['0', ...path],
      put: (text) => [put(text)],
    }));
  }
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).flatMap((f) =>
      placesIn(f.type, samples, `${type.name}.${f.name}`).map(({ path, put }) => ({
        path: [f.name, ...path],
        put: (text) => ({ ...(sampleInput(type, samples, '') as object), [f.name]: put(text) }),
      })),
    );
  }
  return ['String', 'ID'].includes(type.name) ? [{ path: [], put: (text) => text }] : [];
}

function selectionOf(type: GraphQLNamedType): string {
  if (!isCompositeType(type)) return '';
  if (!isObjectType(type) || !type.name.endsWith('Outcome')) return ' { __typename }';
  const results = Object.values(type.getFields()).filter(({ name }) => !['errors', 'id', 'node'].includes(name));
  const result = results.map(({ name, type: below }) => `${name}${selectionOf(getNamedType(below))}`).join(' ');
  return ` { errors { code field } ${result} }`;
}

/**
 * A question with its required arguments; it selects only `__typename` of the answer, and of an outcome, one of many,
 * why it was refused and whether there is a result.
 */
export function queryCall(schema: GraphQLSchema, field: string, samples: Samples): Call {
  const found = schema.getQueryType()?.getFields()[field];
  if (!found) throw new Error(`no question ${field}`);
  const args = found.args.filter((arg) => isNonNullType(arg.type));
  const declared = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const call = args.length === 0 ? field : `${field}(${given})`;
  const below = selectionOf(getNamedType(found.type));
  return {
    query: `query Walk${declared === '' ? '' : `(${declared})`} { ${call}${below} }`,
    variables: Object.fromEntries(
      args.map((arg) => [arg.name, sampleInput(arg.type, samples, `${field}.${arg.name}`)]),
    ),
  };
}

/** What many at once answer with each. */
function inBulk(payload: GraphQLOutputType): string {
  const named = getNamedType(payload);
  return isObjectType(named) && 'outcomes' in named.getFields() ? 'outcomes { id errors { code field } } ' : '';
}

/** The codes of a mutation's refusal with the fields they name: of the whole, and of each of many. */
export function refusalsIn(payload: unknown): { code: string; field: string | null }[] {
  type Refused = { errors: { code: string; field: string | null }[] } | null | undefined;
  const { errors = [], outcomes } = (payload ?? {}) as Partial<NonNullable<Refused>> & { outcomes?: Refused[] | null };
  return [...errors, ...(outcomes ?? []).flatMap((outcome) => outcome?.errors ?? [])];
}

/** A mutation's text, its variables, and its selection. */
export function mutationCall(schema: GraphQLSchema, field: string, samples: Samples): Call {
  const found = schema.getMutationType()?.getFields()[field];
  if (!found) throw new Error(`no mutation ${field}`);
  const declared = found.args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const given = found.args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  return {
    query: `mutation Walk(${declared}) { ${field}(${given}) { ${inBulk(found.type)}errors { code field } } }`,
    variables: Object.fromEntries(found.args.map((arg) => [arg.name, sampleInput(arg.type, samples, `.${arg.name}`)])),
  };
}
