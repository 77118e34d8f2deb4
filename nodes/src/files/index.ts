/** Files of operators read as text, with their encodings named. */
export { findText, parseJson, readJson, readText } from './files.ts';
