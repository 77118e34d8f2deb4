/** 数据共享: offers, registers, requests. */
export { isOwnOffer, offerOfRecord, partsShown, recordFault } from './data-records.ts';
export { dataAnswerSchema, dataRecordSchema, dataRequestSchema, dataValuesSchema } from './messages.ts';
export type { DataAnswerBody, DataRecord, DataRequestBody } from './messages.ts';
export { sharing } from './operations.ts';
export type { RequestDataInput } from './operations.ts';
export { readRegisterFile } from './register-file.ts';
export type { RegisterFile } from './register-file.ts';
export {
  dataOfferSchema,
  grantFaults,
  isOffered,
  mayAsk,
  offeringNodeOf,
  outOfGrant,
  replacedMaterial,
  requireDataAsker,
  requireLightsReader,
} from './rules.ts';
export type { DataAsking, DataOffer } from './rules.ts';
export type { DataLightView, DataOfferView, DataRequestView, DataUseView } from './views.ts';
export type { DataState } from './words.ts';
