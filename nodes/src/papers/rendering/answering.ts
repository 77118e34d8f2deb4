import { ProblemError } from '@liandong/schema/kernel';
import sharp from 'sharp';
import { pageOf } from './page.ts';
import { sheetOf } from './sheet.ts';
import type { Drawing, Rendered, Task } from './tasks.ts';

/** Answers the tasks that the host sends this process, one after the other, until the host goes away. */
export function answerTasks(): void {
  sharp.cache(false);
  sharp.concurrency(1);
  process.on('message', (task: Task) => {
    void rendered(task).then((answer) => process.send?.(answer));
  });
  process.on('disconnect', () => {
    process.exitCode = 0;
  });
}

async function rendered(task: Task): Promise<Rendered> {
  try {
    return { done: await draw(task) };
  } catch (error) {
    if (error instanceof ProblemError) return { fault: { code: error.code, message: error.problem.message } };
    // no fault of the paper: the host writes it down
    const said = error instanceof Error ? error.message : String(error);
    return { fault: { code: 'INTERNAL', message: said.slice(0, 500) } };
  }
}

function draw(task: Task): Promise<Drawing> {
  switch (task.kind) {
    case 'PAGE':
      return pageOf(task);
    case 'SHEET':
      return sheetOf(task);
    default:
      return task satisfies never;
  }
}
