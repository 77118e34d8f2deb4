import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import type { CaseFile } from '../../case/case-file.ts';
import type { Material } from '../../case/log-line.ts';
import { forOneOf, fromNode, ruledStep } from '../../operation/case-step.ts';
import { domain } from '../../operation/domain.ts';
import { clearAnswer, personalOfCase } from '../../operation/personal-field.ts';
import { askedDivision } from '../../operation/fields.ts';
import { optionalText, phone, text } from '../../operation/input-parts.ts';
import { query } from '../../operation/operation.ts';
import { ASKED_DIVISION } from '../../operation/route.ts';
import { purpose } from '../reads/rules.ts';
import { ClearNumber } from '../reads/views.ts';
import * as rules from './steps.ts';
import { Hearing } from './views.ts';

/** Most interested parties told at once. */
const MOST = 200;
const PARTY = '0 the applicant; 1, 2, 3 … the interested parties.';

/** Parties that were told of their right to a hearing. */
const offered = ({ hearing: { offers } }: CaseFile) => offers.map((offer) => offer.party);

const party = z.int().min(0);
const oneParty = { party: party.meta({ description: PARTY }) };
/** May be empty: the rule refuses that, and cites its source. */
const words = (max: number) => z.string().trim().max(max);
/** A paper that the node keeps apart from the log, which holds its digest. */
const paper = fromNode<Material>();

/** The identity of an interested party; kept apart from the log. */
export const interestedPartyInput = z
  .object({ name: text(100), phone, address: optionalText(200) })
  .meta({ inputType: 'InterestedPartyInput' });
export type InterestedPartyInput = z.infer<typeof interestedPartyInput>;

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN */
export const hearing = query('hearing', {
  zh: '听证',
  about: 'of a case and its interested parties, as the desk knows it.',
  by: 'READ_CASE',
  oneCase: true,
  article: ARTICLES.hearingRules,
  input: { division: askedDivision, case: z.string().meta({ scalar: 'ID' }) },
  route: ASKED_DIVISION,
  answer: Hearing,
});

/**
 * The phone of one interested party in the clear, at an organ that handles the case; never with a token that acts for
 * the applicant.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, REASON_MISSING, BAD_INPUT
 */
export const showPartyPhone = query('showPartyPhone', {
  zh: '查看利害关系人电话',
  about: 'in the clear, at an organ that handles the case; the purpose is written into the log of reads first.',
  by: 'SHOW_PERSONAL_DATA',
  article: ARTICLES.readsAudited,
  input: { division: askedDivision, case: z.string().meta({ scalar: 'ID' }), party: z.int().min(1), purpose },
  route: ASKED_DIVISION,
  answer: ClearNumber,
});

/**
 * Tells interested parties of the application; from then on they may state their case.
 * @throws {ProblemError} REASON_MISSING, BAD_INPUT
 */
export const tellInterestedParties = ruledStep('tellInterestedParties', {
  zh: '告知利害关系人',
  about: 'they state and defend from then on (Art. 36).',
  by: 'HEAR_PARTIES',
  article: ARTICLES.interestedParties,
  keyedAs: 'tellInterested',
  input: {
    parties: z.array(interestedPartyInput).min(1, 'name at least one').max(MOST),
    matter: words(1000).meta({ description: 'What touches them; names no person.' }),
    grave: z.boolean().meta({ description: 'Whether a great interest of theirs is touched directly.' }),
  },
  needs: paper,
  answer: Hearing,
  guard: (context, file) => rules.atOrgan(context, file, 'INTERESTED_TOLD'),
  rule: (context, file, { parties, matter, grave }, register) =>
    rules.tellInterested(context, file, { count: parties.length, register, matter, grave }),
});

/**
 * Records a party's statement.
 * @throws {ProblemError} NOT_FOUND
 */
export const hearParty = ruledStep('hearParty', {
  zh: '听取陈述申辩',
  about: 'what a party states is written down (Art. 36).',
  by: 'HEAR_PARTIES',
  article: ARTICLES.interestedParties,
  input: { ...oneParty, statement: text(10_000) },
  needs: paper,
  answer: Hearing,
  guard: (context, file) => rules.atOrgan(context, file, 'PARTY_HEARD'),
  rule: (context, file, input, statement) => rules.hearParty(context, file, input.party, statement),
});

/**
 * Tells all parties that were not yet told of their right to a hearing.
 * @throws {ProblemError} ILLEGAL_STEP if the item is not a licence, or all were told, NOTICE_MISSING
 */
export const offerHearing = ruledStep('offerHearing', {
  zh: '告知听证权利',
  about: 'five working days to ask for one (Art. 47).',
  by: 'HEAR_PARTIES',
  article: ARTICLES.hearingOffered,
  input: { notice: words(2000).meta({ description: 'What the parties are told in writing.' }) },
  answer: Hearing,
  guard: rules.mayOfferHearing,
  rule: (context, file, { notice }) => rules.offerHearing(context, file, notice),
});

/**
 * Records a party's request for a hearing.
 * @throws {ProblemError} HEARING_NOT_OFFERED, HEARING_TOO_LATE, ILLEGAL_STEP for a party that asked before or waived it
 */
export const requestHearing = ruledStep('requestHearing', {
  zh: '申请听证',
  about: 'it is held within twenty working days; the time is outside the limit (Art. 45).',
  by: 'HEAR_PARTIES',
  article: ARTICLES.hearingOffered,
  inputType: 'HearingPartyInput',
  input: oneParty,
  answer: Hearing,
  guard: forOneOf(offered, 0, rules.requestHearing),
  rule: (context, file, input) => rules.requestHearing(context, file, input.party),
});

/**
 * Waives a party's hearing.
 * @throws {ProblemError} HEARING_NOT_OFFERED, ILLEGAL_STEP
 */
export const waiveHearing = ruledStep('waiveHearing', {
  zh: '放弃听证',
  by: 'HEAR_PARTIES',
  article: ARTICLES.hearingOffered,
  inputType: 'HearingPartyInput',
  input: oneParty,
  answer: Hearing,
  guard: forOneOf(offered, 0, rules.waiveHearing),
  rule: (context, file, input) => rules.waiveHearing(context, file, input.party),
});

/**
 * Calls the hearing. A second call moves it, or gives it another chair.
 * @throws {ProblemError} HEARING_NOTICE_SHORT, HEARING_TOO_LATE, HEARING_CHAIR, NOTICE_MISSING, BAD_INPUT
 */
export const callHearing = ruledStep('callHearing', {
  zh: '听证通知',
  about: 'seven working days ahead. Called again, it is moved or given another chair.',
  by: 'CALL_HEARING',
  article: ARTICLES.hearingRules,
  input: {
    at: z.iso
      .datetime({ offset: true })
      .transform((v) => new Date(v))
      .meta({ scalar: 'DateTime' }),
    place: words(200),
    chair: z
      .object({
        sub: text(200).meta({ scalar: 'ID', description: "Subject of the person's token." }),
        name: text(100),
      })
      .meta({ inputType: 'HearingChairInput', description: 'Not the person who accepted or reviewed the case.' }),
    announcement: optionalText(2000).meta({ description: '公告; needed where the hearing was not asked for.' }),
  },
  answer: Hearing,
  guard: rules.mayCallHearing,
  rule: (context, file, { at, place, chair, announcement }) =>
    rules.callHearing(context, file, { at, place, chair, announcement }),
});

/**
 * Lets the chair step back for a direct interest; a new call names another.
 * @throws {ProblemError} NOT_FOUND, REASON_MISSING
 */
export const recuseChair = ruledStep('recuseChair', {
  zh: '主持人回避',
  about: ", by the organ's head.",
  by: 'RECUSE_CHAIR',
  article: ARTICLES.hearingRules,
  input: { reason: words(500) },
  answer: Hearing,
  guard: rules.mayRecuseChair,
  rule: (context, file, { reason }) => rules.recuseChair(context, file, reason),
});

/**
 * Files the record of a hearing. Everyone who came has signed it, or the record says that they refused.
 * @throws {ProblemError} NOT_FOUND, HEARING_CHAIR, BAD_INPUT
 */
export const holdHearing = ruledStep('holdHearing', {
  zh: '听证笔录',
  about: ', by the chair; signed by all who came.',
  by: 'HOLD_HEARING',
  article: ARTICLES.hearingRules,
  input: {
    attended: z.array(party).max(MOST),
    signed: z.array(party).max(MOST).meta({ description: 'Who signed the record, of those who came.' }),
    unsigned: z
      .array(z.object({ party, reason: text(500) }).meta({ inputType: 'UnsignedInput' }))
      .max(MOST)
      .nullish()
      .transform((v) => v ?? [])
      .meta({ description: 'Why the others did not.' }),
    record: text(50_000).meta({ description: '听证笔录' }),
  },
  needs: paper,
  answer: Hearing,
  guard: rules.mayHoldHearing,
  rule: (context, file, { attended, signed, unsigned }, record) =>
    rules.holdHearing(context, file, { attended, signed, unsigned, record }),
});

export const hearings = domain('hearings', {
  zh: '听证',
  role: 'hearings',
  personal: {
    'Hearing.interested': personalOfCase('name', 'phone', 'address'),
    'Query.showPartyPhone': clearAnswer(() => 'Hearing.interested.phone'),
  },
  operations: {
    hearing,
    showPartyPhone,
    tellInterestedParties,
    hearParty,
    offerHearing,
    requestHearing,
    waiveHearing,
    callHearing,
    recuseChair,
    holdHearing,
  },
});
