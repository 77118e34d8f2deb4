/** What nodes and gateway send each other: envelopes, receipts, subjects, topology. */
export { brokerUrlsSchema, tlsOption } from './broker-urls.ts';
export type { Closing } from './closing.ts';
export { publisherFault } from './entry-publisher.ts';
export {
  FEEDS,
  SIGNED_TYPES,
  dossierSchema,
  echoSchema,
  bringsBytes,
  envelopeSchema,
  feedHeadSchema,
  feedPartSchema,
  formWantedSchema,
  materialPartSchema,
  ratingSchema,
  receiptSchema,
  withdrawalSchema,
} from './envelope.ts';
export type {
  Answer,
  Envelope,
  Feed,
  FeedHead,
  FeedPart,
  MaterialPart,
  Message,
  MessageKind,
  Receipt,
  SignedType,
} from './envelope.ts';
export {
  MAX_QUERY_CHARACTERS,
  ROLE_SCHEMAS,
  hostReplySchema,
  hostReplyShape,
  hostRequestSchema,
  hostRequestShape,
  roleOperationSchema,
  roleResultSchema,
} from './federation.ts';
export type { HostGraphQLError, HostReply, HostRequest, RoleName, RoleOperation, RoleResult } from './federation.ts';
export { MAX_PARTS, PART_HEADER, PartsCollector, splitParts } from './parts.ts';
export type { Part } from './parts.ts';
export { FIRST_PROTOCOL, PROTOCOL, protocolOf } from './protocol.ts';
export type { Carried } from './protocol.ts';
export { HEALING_KINDS, copySchema, restoredSchema } from './restore.ts';
export type { CaseCopy, Copy } from './restore.ts';
export { foreignTo, roadSubjects, territoryOf } from './roads.ts';
export { MOST_HINTED, isHinted, signalHintSchema } from './signal-hint.ts';
export type { SignalHint } from './signal-hint.ts';
export {
  MAX_ENTRY_BYTES,
  MAX_PART_BYTES,
  MAX_FACT_BYTES,
  MAX_ITEM_BYTES,
  MAX_PAYLOAD,
  TOGETHER_BYTES,
  jsonBytes,
  textRoom,
} from './sizes.ts';
export {
  MESSAGE_STREAM,
  RECEIPT_STREAM,
  consumerName,
  graphqlSubject,
  inboundFilter,
  messageSubject,
  outboundFilter,
  receiptSubject,
  signalSubject,
} from './subjects.ts';
export { OPERATOR_NAME, TopologySnapshot, brokerOf, brokerUrl, hubOf, parseTopology } from './topology.ts';
export type { Broker, Host, Placement, Topology } from './topology.ts';
