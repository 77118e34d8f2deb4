import type { DivisionCode } from '@liandong/schema/kernel';
import type { TestFederation } from './test-federation.ts';

/** Does something while every other host of the federation and the broker are down. */
export async function isolate(
  federation: TestFederation,
  node: DivisionCode,
  work: () => Promise<void>,
): Promise<void> {
  const others = federation.nodes().filter((other) => other !== node);
  await Promise.all(others.map((other) => federation.stopHost(other)));
  await federation.stopBroker();
  try {
    await work();
  } finally {
    await federation.startBroker();
    await Promise.all(others.map((other) => federation.startHost(other)));
  }
}
