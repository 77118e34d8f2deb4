import { DAY_UNIT_LABELS } from '../domains/catalogue/item-words.ts';
import type { Limit } from './limits.ts';

// Helpers for writing guides and documents.

/** A limit as people read it. */
export function limitText({ days, unit }: Limit): string {
  return days === 0 ? '即时办结' : `${days} 个${DAY_UNIT_LABELS[unit]}`;
}

/** Text that means nothing to Markdown: item names come from files. */
export function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>|#~]/g, String.raw`\$&`);
}
