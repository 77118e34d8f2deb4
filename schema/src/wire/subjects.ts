import type { DivisionCode, Divisions } from '../kernel/divisions.ts';
import { isZoneCode } from '../kernel/divisions.ts';
import { TIERS } from '../kernel/words.ts';

/**
 * Subjects between nodes: `ld.<m|r>.<from: 4 tokens>.<to: 4 tokens>`. The sender comes first and at fixed depth, so one
 * permission line holds a host to the names of its own nodes, and one wildcard covers a county with all below it.
 */
const ABSENT = '_';

/**
 * A node as four tokens, city to village: `331000.331022._._`. A zone, and the places in it, name no parent between
 * themselves and the city (`331000._.331022Z01._`), so that their subjects stay when the zone changes parents.
 */
export function nodeTokens(code: DivisionCode, divisions: Divisions): string {
  const full = divisions.lineage(code);
  const zone = full.findIndex((d) => isZoneCode(d.code));
  const lineage = zone === -1 ? full : [...full.slice(0, zone + 1), divisions.city];
  return TIERS.map((tier) => lineage.find((d) => d.tier === tier)?.code ?? ABSENT).join('.');
}

/** Subject of a message. */
export function messageSubject(from: DivisionCode, to: DivisionCode, divisions: Divisions): string {
  return `ld.m.${nodeTokens(from, divisions)}.${nodeTokens(to, divisions)}`;
}

/** Subject of a receipt. */
export function receiptSubject(from: DivisionCode, to: DivisionCode, divisions: Divisions): string {
  return `ld.r.${nodeTokens(from, divisions)}.${nodeTokens(to, divisions)}`;
}

/** Everything a node receives on a road: the filter of its consumer. */
export function inboundFilter(road: 'm' | 'r', to: DivisionCode, divisions: Divisions): string {
  return `ld.${road}.*.*.*.*.${nodeTokens(to, divisions)}`;
}

/** Everything a node may publish on a road: the line of its permission. */
export function outboundFilter(road: 'm' | 'r', from: DivisionCode, divisions: Divisions): string {
  return `ld.${road}.${nodeTokens(from, divisions)}.>`;
}

/** The two streams all hosts share: messages and receipts, apart so that a full road of messages never stops receipts. */
export const MESSAGE_STREAM = 'LD_MESSAGES';
export const RECEIPT_STREAM = 'LD_RECEIPTS';

/** A node's durable consumer on either stream. */
export function consumerName(node: DivisionCode): string {
  return `node-${node}`;
}

/**
 * Subject of hints that a node has new signals (提醒). They are not stored: no stream takes them in.
 */
export function signalSubject(node: DivisionCode, divisions: Divisions): string {
  return `ld.s.${nodeTokens(node, divisions)}`;
}

/** Subject on which a host answers GraphQL. */
export function graphqlSubject(host: string): string {
  return `ld.graphql.${host}`;
}
