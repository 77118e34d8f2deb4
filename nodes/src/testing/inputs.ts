export { mutationCall, queryCall, refusalsIn, sampleInput, textPlaces } from '../../../schema/src/testing/inputs.ts';
export type { Call, Samples, TextPlace } from '../../../schema/src/testing/inputs.ts';
