/** 申请材料: papers of a case, checked by kind, stored byte for byte and handed on in parts. */
export { charsetOf, requireHarmless } from './material-kinds.ts';
export type { GivenMaterial } from './materials.ts';
export {
  absentMaterials,
  decodeBase64,
  decodeMaterial,
  keepStaged,
  materialMessages,
  partsOf,
  readMaterial,
  readPart,
  receivePart,
  removeMaterials,
  removeStaged,
  stageMaterial,
  storeMaterials,
} from './materials.ts';
