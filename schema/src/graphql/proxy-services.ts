import type { DivisionCode } from '../divisions.ts';
import type { Viewer } from '../rules/permissions.ts';
import type { ConsentWay, ContactParty, ContactWay } from '../vocabulary.ts';

export interface ProxyEventInput {
  id: string;
  idempotencyKey: string | null;
}

export interface LogContactInput extends ProxyEventInput {
  with: ContactParty;
  way: ContactWay;
  /** What it was about; no numbers of a person. */
  what: string;
}

export interface RevokeConsentInput extends ProxyEventInput {
  /** How the applicant said so. */
  way: ConsentWay;
  reason: string | null;
}

export interface TakeOverInput {
  id: string;
  reason: string;
  idempotencyKey: string | null;
}

/** A case asked for; it comes by a hand-off of its own, or stays where the village no longer holds it. */
export interface TakeOverView {
  id: string;
  /** The village that was asked. */
  from: DivisionCode;
}

/** 代办: what agents and their applicants tell of a case, wherever it is. */
export interface ProxyService {
  logContact(viewer: Viewer | null, input: LogContactInput): Promise<{ id: string }>;
  revokeConsent(viewer: Viewer | null, input: RevokeConsentInput): Promise<{ id: string }>;
  takeOver(viewer: Viewer | null, input: TakeOverInput): Promise<TakeOverView>;
}
