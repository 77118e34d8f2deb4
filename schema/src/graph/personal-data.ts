import type { FieldNode, GraphQLResolveInfo, GraphQLSchema, SelectionSetNode } from 'graphql';
import { Kind, defaultFieldResolver, isObjectType } from 'graphql';
import type { DivisionCode } from '../kernel/divisions.ts';
import type { PersonalDataRead } from '../domains/reads/views.ts';
import type { EnquiryView } from '../domains/enquiries/views.ts';
import type { FilingView } from '../domains/filing/views.ts';
import type { OpinionRequestView } from '../domains/joint/views.ts';
import type { DataRequestView, GivenField } from '../domains/sharing/views.ts';
import type { RoleContext } from './services.ts';

interface PersonalField {
  kind: PersonalDataRead['kind'];
  /** Names of the personal fields below; empty if the field itself is personal. */
  below: readonly string[];
  /** The id of the case or enquiry it belongs to, and below it the node that answers. */
  subject: (source: unknown, args: Record<string, unknown>) => string;
  node: (source: unknown, context: RoleContext) => DivisionCode;
  /** Whether the field's value shows personal data; only then the read is recorded. */
  shows: (value: unknown) => boolean;
}

const idOf = (source: unknown) => (source as { id: string }).id;
const isThere = (value: unknown) =>
  value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
const ofCase = {
  kind: 'CASE',
  shows: isThere,
  subject: idOf,
  node: (source: unknown) => (source as FilingView).answeredBy,
} as const;
const ofRequest = { ...ofCase, subject: (source: unknown) => (source as OpinionRequestView).case } as const;
const atRoot = {
  kind: 'CASE',
  shows: isThere,
  subject: (_: unknown, args: Record<string, unknown>) => String(args['case']),
  node: (_: unknown, { at }: RoleContext) => at ?? '',
} as const;

/**
 * Every field of the graph that shows personal data of applicants and askers. Add new ones here; a test searches the
 * graph for names that sound like one.
 */
export const PERSONAL_FIELDS: Readonly<Record<string, PersonalField>> = {
  'Case.applicant': { ...ofCase, below: ['name', 'idNumber', 'phone'] },
  'Case.consent': { ...ofCase, below: ['givenBy'] },
  'Case.form': { ...ofCase, below: ['value'] },
  'AgentCase.applicant': { ...ofCase, below: [] },
  'OpinionRequest.applicant': { ...ofRequest, below: [] },
  'OpinionRequest.form': { ...ofRequest, below: ['value'] },
  'Hearing.interested': { ...ofCase, below: ['name', 'phone', 'address'] },
  'Enquiry.asker': {
    kind: 'ENQUIRY',
    shows: isThere,
    below: ['name', 'phone'],
    subject: idOf,
    node: (source) => (source as EnquiryView).division,
  },
  'Query.resultDocument': { ...atRoot, below: [] },
  'Query.caseNotice': { ...atRoot, below: [] },
  // a note has no numbers of a person, but it may name one
  'Query.caseNotes': { ...atRoot, below: [] },
  'Query.opinionMaterial': { ...atRoot, below: [] },
  // for every question that returns it: a repeated request also returns the data given meanwhile
  'DataRequest.fields': {
    ...ofCase,
    below: ['value'],
    subject: (source) => (source as DataRequestView).caseId,
    shows: (value) => (value as GivenField[]).some((field) => field.value !== null),
  },
};

/** Makes every personal field record its read before it is shown. */
export function noteReads(schema: GraphQLSchema): void {
  for (const [name, field] of Object.entries(PERSONAL_FIELDS)) {
    const [typeName = '', fieldName = ''] = name.split('.');
    const type = schema.getType(typeName);
    const found = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (!found) continue;
    const resolve = found.resolve ?? defaultFieldResolver;
    found.resolve = (source: unknown, args: Record<string, unknown>, context: RoleContext, info) => {
      const noted = (value: unknown) => {
        if (context.noteRead && field.shows(value)) {
          const below = field.below.length === 0 ? [''] : selected(info, field.below).map((path) => `.${path}`);
          const masked = JSON.stringify(value).includes('**');
          for (const path of below) {
            const read = { kind: field.kind, subject: field.subject(source, args), field: `${name}${path}`, masked };
            context.noteRead(field.node(source, context), read);
          }
        }
        return value;
      };
      const value: unknown = resolve(source, args, context, info);
      return value instanceof Promise ? value.then(noted) : noted(value);
    };
  }
}

/** The selected ones of the fields below, in any form of the question. */
function selected(info: GraphQLResolveInfo, below: readonly string[]): string[] {
  const paths = new Set(info.fieldNodes.flatMap((node) => pathsOf(node, info)));
  return below.filter((path) => paths.has(path));
}

function pathsOf({ selectionSet }: FieldNode, info: GraphQLResolveInfo): string[] {
  return selectionSet ? inside(selectionSet, info, '') : [];
}

function inside(set: SelectionSetNode, info: GraphQLResolveInfo, before: string): string[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) {
      const path = `${before}${selection.name.value}`;
      return [path, ...(selection.selectionSet ? inside(selection.selectionSet, info, `${path}.`) : [])];
    }
    const deeper =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection.selectionSet
        : info.fragments[selection.name.value]?.selectionSet;
    return deeper ? inside(deeper, info, before) : [];
  });
}
