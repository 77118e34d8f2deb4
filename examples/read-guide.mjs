// What is a resident of 包家村 told at once about 最低生活保障? Which forms are there to fill in? Needs no login.
//   node examples/read-guide.mjs [flow.svg]     the picture of the flow goes into the file
import { writeFile } from 'node:fs/promises';
import { ask, GATEWAY } from './ask.mjs';

const GUIDE = `query ($item: ID!, $division: ID!) {
  guide(item: $item, division: $division) {
    markdown flowChart { svg text } staleSince
    forms { kind title mediaType size path arrived }
  }
}`;

const { guide } = await ask(GUIDE, { item: '3310-MZ-001', division: '331022103201' });
console.log(guide.markdown);
console.log(guide.flowChart.text);
for (const { kind, title, path, arrived } of guide.forms) {
  if (!arrived) {
    console.log(`表格 ${title} (${kind}) 尚未下达`);
    continue;
  }
  const answer = await fetch(`${GATEWAY}${path}`);
  const { byteLength } = await answer.arrayBuffer();
  console.log(`表格 ${title} (${kind}) ${byteLength} bytes, ${answer.headers.get('content-disposition')}`);
}
const [file] = process.argv.slice(2);
if (file) await writeFile(file, guide.flowChart.svg);
