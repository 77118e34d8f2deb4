// What is a resident of 包家村 told at once about 最低生活保障? Needs no login.
//   node examples/read-guide.mjs [flow.svg]     the picture of the flow goes into the file
import { writeFile } from 'node:fs/promises';
import { ask } from './ask.mjs';

const GUIDE = `query ($item: ID!, $division: ID!) {
  guide(item: $item, division: $division) { markdown flowChart { svg text } staleSince }
}`;

const { guide } = await ask(GUIDE, { item: '3310-MZ-001', division: '331022103201' });
console.log(guide.markdown);
console.log(guide.flowChart.text);
const [file] = process.argv.slice(2);
if (file) await writeFile(file, guide.flowChart.svg);
