import { SPECIAL_PROCEDURE } from '../../case/words.ts';
import { TIER } from '../../kernel/words.ts';
import {
  AUDIENCE,
  CROSS_DISTRICT,
  CROSS_DISTRICT_WAY,
  HANDLING_WAY,
  HEARING_NEED,
  ITEM_KIND,
  ITEM_STATUS,
  POWER_SOURCE,
  PROCESSING_CLASS,
  SIGN_OFF_LEVEL,
} from './item-words.ts';
import { vagueClauses } from './vague-clauses.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addItemLife } from '../item-life/graph.ts';
import { answerKeys } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import { addCatalogueDrift, itemRef } from './drift-graph.ts';
import { OPENS_AS_PUBLIC } from '../../graph/one-case.ts';
import type { ItemView } from '../item-life/views.ts';
import { catalogue } from './operations.ts';
import type { FlowChart } from './flow/index.ts';
import { flowMermaid, flowSvg, flowText } from './flow/index.ts';
import type { ItemForm, OfferedForm } from './item-forms.ts';
import { ITEM_FORM_KIND } from './item-forms.ts';
import type { CatalogEntryView, FormPartView, GuideView } from './views.ts';

type Item = ReturnType<typeof itemRef>;
type Elements = ItemView['item'];

/** Role catalogue (基本目录): the unified elements of an item. Owner: the city; every node holds a copy. */
export function addCatalogue(role: RoleBuilder): void {
  const { builder } = role;
  const Item = itemRef(role);
  implementItem(role, Item);
  addItemRules(role, Item);
  const CatalogEntry = entryType(role, Item);
  const Guide = guideType(role, Item);
  const FormPart = formPartType(role);
  addItemForms(role, Item);
  const Key = builder.inputType('ItemKey', {
    fields: (t) => ({ code: t.id({ required: true }), at: t.id({ required: true }), via: t.id() }),
  });
  builder.queryType({
    fields: (t) => ({
      _items: t.field({
        extensions: OPENS_AS_PUBLIC,
        type: [Item],
        nullable: { list: false, items: true },
        args: { keys: t.arg({ type: [Key], required: true }) },
        resolve: (_, { keys }, context) =>
          answerKeys(keys, (node, asked) => context.services(node).catalogue.getMany(asked.map((key) => key.code))),
      }),
    }),
  });
  const CatalogEntryConnection = builder.connectionObject({ type: CatalogEntry, name: 'CatalogConnection' });
  addOperations(role, catalogue, { Item, CatalogEntry, CatalogEntryConnection, Guide, FormPart });
  addCatalogueDrift(role, Item);
  addItemLife(role, Item);
}

function implementItem(role: RoleBuilder, Item: Item): void {
  const { enumOf, refs } = role;
  const { Limit } = refs;
  const Standard = standardType(role);
  Item.implement({
    description: '事项: what can be applied for.',
    fields: (t) => ({
      code: t.id({ nullable: false, resolve: ({ item }) => item.code }),
      _via: t.id({ resolve: (view) => view.answeredBy }),
      version: t.int({ resolve: ({ item }) => item.version }),
      name: t.string({ resolve: ({ item }) => item.name }),
      kind: t.field({ type: enumOf(ITEM_KIND), resolve: ({ item }) => item.kind }),
      processingClass: t.field({ type: enumOf(PROCESSING_CLASS), resolve: ({ item }) => item.processingClass }),
      decidingTier: t.field({ type: enumOf(TIER), resolve: ({ item }) => item.decidingTier }),
      acceptingTiers: t.field({
        type: [enumOf(TIER)],
        nullable: { list: true, items: false },
        resolve: ({ item }) => item.acceptingTiers,
      }),
      statutoryDays: t.float({
        description: "Days of the statute, in `statutory.unit`; null where the item's basis names none.",
        resolve: ({ item }) => item.statutory?.days ?? null,
      }),
      statutory: t.field({ type: Limit, resolve: ({ item }) => item.statutory }),
      legalBasis: t.string({ resolve: ({ item }) => item.legalBasis }),
      department: t.string({ resolve: ({ item }) => item.department }),
      audiences: t.field({
        type: [enumOf(AUDIENCE)],
        nullable: { list: true, items: false },
        description: '服务对象; empty for all.',
        resolve: ({ item }) => item.audiences,
      }),
      proxyAllowed: t.boolean({ description: '可否代办', resolve: ({ item }) => item.proxyAllowed }),
      standard: t.field({ type: Standard, resolve: ({ item }) => item.standard }),
      note: t.string({ resolve: ({ item }) => item.note }),
      verified: t.boolean({
        description: 'False while the days or the basis are not checked against the text in force.',
        resolve: ({ item }) => item.verified,
      }),
      status: t.field({ type: enumOf(ITEM_STATUS), resolve: ({ item }) => item.status }),
      effectiveFrom: t.field({ type: 'Date', resolve: ({ item }) => item.effectiveFrom }),
      effectiveTo: t.field({ type: 'Date', resolve: ({ item }) => item.effectiveTo }),
      staleSince: t.field({
        type: 'DateTime',
        description: 'Set when a local copy answered: when it last heard from the city.',
        resolve: (view) => view.staleSince,
      }),
    }),
  });
}

/** Fields for an item's handling and its rules. */
function addItemRules(role: RoleBuilder, Item: Item): void {
  const { builder, enumOf, refs } = role;
  const { Hierarchy, SignOff } = rankTypes(role);
  builder.objectFields(Item, (t) => ({
    feeSchedule: t.field({ type: refs.FeeSchedule, resolve: ({ item }) => item.feeSchedule }),
    hierarchy: t.field({ type: Hierarchy, description: '主项、子项', resolve: ({ item }) => item.hierarchy }),
    powerSource: t.field({ type: enumOf(POWER_SOURCE), resolve: ({ item }) => item.powerSource }),
    handlingWay: t.field({ type: enumOf(HANDLING_WAY), resolve: ({ item }) => item.handlingWay }),
    window: t.string({ description: '办理窗口', resolve: ({ item }) => item.window }),
    crossDistrict: t.field({ type: enumOf(CROSS_DISTRICT), resolve: ({ item }) => item.crossDistrict }),
    crossDistrictWays: t.field({
      type: [enumOf(CROSS_DISTRICT_WAY)],
      nullable: { list: true, items: false },
      resolve: ({ item }) => item.crossDistrictWays,
    }),
    supervisionWay: t.string({ description: '监督方式', resolve: ({ item }) => item.supervisionWay }),
    signOff: t.field({ type: SignOff, resolve: ({ item }) => item.signOff }),
    excludedTime: t.field({
      type: [enumOf(SPECIAL_PROCEDURE)],
      nullable: { list: true, items: false },
      description: "特别程序 that the item's own basis takes out of its limit, beyond those the law does.",
      resolve: ({ item }) => item.excludedTime,
    }),
    hearing: t.field({
      type: enumOf(HEARING_NEED),
      description: '听证: offered before a licence is decided, or held in any case.',
      resolve: ({ item }) => item.hearing,
    }),
    substanceCheck: t.boolean({
      description: '实质核查: by two of staff (Art. 34).',
      resolve: ({ item }) => item.substanceCheck,
    }),
    renewalDays: t.int({
      description: "Days before a licence's expiry by which its renewal is asked for (Art. 50).",
      resolve: ({ item }) => item.renewalDays,
    }),
    collectiveDecision: t.boolean({ description: '集体决定', resolve: ({ item }) => item.collectiveDecision }),
    payBeforeDocument: t.boolean({
      description: '先缴费后发证: no approval document before what is due is paid.',
      resolve: ({ item }) => item.payBeforeDocument,
    }),
    deliverBeforePayment: t.boolean({
      description: '容缺缴费: delivered while something is due; closed when it is paid.',
      resolve: ({ item }) => item.deliverBeforePayment,
    }),
  }));
}

function rankTypes({ builder, enumOf }: RoleBuilder) {
  const Rank = builder.objectRef<NonNullable<Elements['hierarchy']>['main']>('ItemRank').implement({
    fields: (t) => ({
      code: t.exposeString('code', { nullable: false }),
      name: t.exposeString('name', { nullable: false }),
    }),
  });
  const Hierarchy = builder.objectRef<NonNullable<Elements['hierarchy']>>('ItemHierarchy').implement({
    description: '主项、子项; the item itself is the 办理项.',
    fields: (t) => ({
      main: t.field({ type: Rank, nullable: false, resolve: (h) => h.main }),
      sub: t.field({ type: Rank, resolve: (h) => h.sub }),
    }),
  });
  const SignOff = builder.objectRef<NonNullable<Elements['signOff']>>('SignOff').implement({
    description: '签批: up to whom a decision is signed, and by how many at most.',
    fields: (t) => ({
      level: t.field({ type: enumOf(SIGN_OFF_LEVEL), nullable: false, resolve: (s) => s.level }),
      maxLayers: t.exposeInt('maxLayers', { nullable: false }),
    }),
  });
  return { Hierarchy, SignOff };
}

function standardType({ builder, refs }: RoleBuilder) {
  const { Limit } = refs;
  const FormField = builder.objectRef<Elements['standard']['fields'][number]>('FormField').implement({
    description: '表单字段',
    fields: (t) => ({
      name: t.exposeString('name', { nullable: false }),
      label: t.exposeString('label', { nullable: false }),
      required: t.exposeBoolean('required', { nullable: false }),
      pattern: t.exposeString('pattern', { description: 'A regular expression that the whole value matches.' }),
    }),
  });
  return builder.objectRef<Elements['standard']>('ItemStandard').implement({
    description: 'The standard implementation a deciding node starts from, and may better.',
    fields: (t) => ({
      promised: t.field({ type: Limit, nullable: false, resolve: (s) => s.promised }),
      greenChannel: t.field({ type: Limit, description: '绿色通道时限', resolve: (s) => s.greenChannel }),
      urgent: t.field({ type: Limit, description: '特急时限', resolve: (s) => s.urgent }),
      materials: t.field({ type: [refs.MaterialRequirement], nullable: false, resolve: (s) => s.materials }),
      maxVisits: t.exposeInt('maxVisits', { nullable: false, description: '到办事现场次数' }),
      conditions: t.exposeStringList('conditions', { nullable: false, description: '受理条件' }),
      fields: t.field({ type: [FormField], nullable: false, description: '表单字段', resolve: (st) => st.fields }),
      vagueClauses: t.field({ type: [refs.VagueClause], nullable: false, resolve: (s) => vagueClauses(s) }),
    }),
  });
}

function entryType({ builder, refs }: RoleBuilder, Item: Item) {
  const { Division } = refs;
  return builder.objectRef<CatalogEntryView>('CatalogEntry').implement({
    description: 'An item as a division sees it: who accepts it, who decides, how it is carried out.',
    fields: (t) => ({
      item: t.field({ type: Item, nullable: false, resolve: (e) => e.item }),
      implementation: t.field({
        type: refs.ImplementationStub,
        resolve: ({ item, power }) =>
          power === null ? null : { item: item.item.code, node: power, via: item.answeredBy },
      }),
      acceptor: t.field({ type: Division, description: '受理机关', resolve: (e) => e.acceptor }),
      decider: t.field({ type: Division, description: '决定机关', resolve: (e) => e.decider }),
      takenInHere: t.boolean({
        nullable: false,
        description: 'Whether the desk asked may take it in.',
        resolve: (e) => e.takenInHere,
      }),
      available: t.boolean({
        nullable: false,
        description:
          "Whether it can be applied for today: in force, and the deciding node's implementation is known here.",
        resolve: (e) => e.available,
      }),
    }),
  });
}

/** What everybody may know of a form before it is opened. */
function addItemForms({ builder, enumOf }: RoleBuilder, Item: Item): void {
  const Form = builder.objectRef<ItemForm>('ItemForm').implement({
    description: '表格、样表 of an item.',
    fields: (t) => ({
      material: t.exposeString('material', { nullable: false, description: 'The material it is filled in for.' }),
      kind: t.field({ type: enumOf(ITEM_FORM_KIND), nullable: false, resolve: (f) => f.kind }),
      title: t.exposeString('title', { nullable: false }),
      fileName: t.exposeString('fileName', { nullable: false }),
      mediaType: t.exposeString('mediaType', { nullable: false }),
      size: t.exposeInt('size', { nullable: false, description: 'Bytes.' }),
      sha256: t.exposeString('sha256', { nullable: false }),
    }),
  });
  builder.objectFields(Item, (t) => ({
    forms: t.field({
      type: [Form],
      nullable: { list: true, items: false },
      description: '表格、样表; a guide says where they are.',
      resolve: ({ item }) => item.forms ?? [],
    }),
  }));
}

function offeredType({ builder, enumOf }: RoleBuilder) {
  return builder.objectRef<OfferedForm>('OfferedForm').implement({
    description: '表格下载: a form that is downloaded without a login.',
    fields: (t) => ({
      material: t.exposeString('material', { nullable: false, description: 'The material it is filled in for.' }),
      kind: t.field({ type: enumOf(ITEM_FORM_KIND), nullable: false, resolve: (f) => f.kind }),
      title: t.exposeString('title', { nullable: false }),
      fileName: t.exposeString('fileName', { nullable: false }),
      mediaType: t.exposeString('mediaType', { nullable: false }),
      size: t.exposeInt('size', { nullable: false, description: 'Bytes.' }),
      sha256: t.exposeString('sha256', { nullable: false }),
      path: t.exposeString('path', { nullable: false, description: 'Path at the gateway; it needs no login.' }),
      arrived: t.exposeBoolean('arrived', {
        nullable: false,
        description: 'False while its bytes are on their way from the city; its path says FORM_NOT_HERE until then.',
      }),
    }),
  });
}

function formPartType({ builder }: RoleBuilder) {
  return builder.objectRef<FormPartView>('FormPart').implement({
    description: 'Some bytes of a form.',
    fields: (t) => ({
      bytes: t.field({ type: 'Base64', nullable: false, resolve: (p) => p.bytes }),
      size: t.exposeInt('size', { nullable: false, description: 'Bytes of the whole form.' }),
      fileName: t.exposeString('fileName', { nullable: false }),
      mediaType: t.exposeString('mediaType', { nullable: false }),
    }),
  });
}

function guideType(role: RoleBuilder, Item: Item) {
  const { builder, refs } = role;
  const Offered = offeredType(role);
  const Chart = builder.objectRef<FlowChart>('FlowChart').implement({
    description: '流程图: the steps by competence with the published stages, in three renderings of the same.',
    fields: (t) => ({
      svg: t.string({
        nullable: false,
        description: 'A picture without scripts, styles or links, with its text for screen readers.',
        resolve: flowSvg,
      }),
      text: t.string({ nullable: false, description: 'All that the picture shows, as plain text.', resolve: flowText }),
      mermaid: t.string({ nullable: false, resolve: flowMermaid }),
    }),
  });
  return builder.objectRef<GuideView>('Guide').implement({
    description: '办事指南: what an applicant is told at once, ready for print.',
    fields: (t) => ({
      item: t.field({ type: Item, nullable: false, resolve: (g) => g.item }),
      implementation: t.field({
        type: refs.ImplementationStub,
        resolve: ({ item, power }) =>
          power === null ? null : { item: item.item.code, node: power, via: item.answeredBy },
      }),
      markdown: t.exposeString('markdown', { nullable: false }),
      forms: t.field({
        type: [Offered],
        nullable: false,
        description: '表格下载: blank forms and samples, as the desk asked offers them.',
        resolve: (g) => [...g.forms],
      }),
      flowChart: t.field({ type: Chart, nullable: false, resolve: (g) => g.flow }),
      staleSince: t.field({
        type: 'DateTime',
        description: 'Set when a local copy answered: when it last heard from the city.',
        resolve: (g) => g.item.staleSince,
      }),
    }),
  });
}
