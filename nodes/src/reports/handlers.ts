import type { reports } from '@liandong/schema/domains/reports';
import { mayRecordResult } from '@liandong/schema/domains/reports';
import { problem } from '@liandong/schema/kernel';
import type { NodeHandlers } from '../db/index.ts';
import { HandedIn } from '../uploads/index.ts';

/** 转报 at one node: the outside organ's document comes as an upload. */
export function reportHandlers({ now }: { now: () => Date }): NodeHandlers<typeof reports> {
  return {
    async recordReportResult({ viewer, tx, context, file, input: { upload } }, take) {
      // before anything of the input is judged
      mayRecordResult(context, file);
      const given = await HandedIn.read([{ name: '转报结果文书', upload }], now);
      const [document] = await given.named(tx, viewer);
      if (!document) throw problem('NOT_FOUND', `There is no upload ${upload}.`, { field: 'upload' });
      const step = take(document);
      await given.store(tx, viewer);
      return step;
    },
  };
}
