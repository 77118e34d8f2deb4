import type { DivisionCode } from '@liandong/schema/kernel';
import { runGroup } from '../commands/index.ts';
import type { TestFederation } from './test-federation.ts';

/** Runs a command of `liandong` with the settings of a node's host. */
export async function runAt(
  federation: TestFederation,
  node: DivisionCode,
  ...argv: string[]
): Promise<{ status: number | null; out: string }> {
  let out = '';
  const terminal = { environment: federation.environment(node), print: (text: string) => void (out += text) };
  const status = await runGroup(argv, terminal);
  return { status, out };
}
