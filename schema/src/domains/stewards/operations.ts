import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { askedDivision, id } from '../../operation/fields.ts';
import { paperNumber, phone, text } from '../../operation/input-parts.ts';
import { mutation, pageOf, query } from '../../operation/operation.ts';
import { answerOfEnterprise, clearAnswerOfEnterprise, personalOfEnterprise } from '../../operation/personal-field.ts';
import { ASKED_DIVISION, VIEWERS_DESK } from '../../operation/route.ts';
import { purpose } from '../reads/rules.ts';
import { ClearNumber } from '../reads/views.ts';
import { Enterprise, EnterpriseCases, StewardPass } from './views.ts';

const { stewards: article } = ARTICLES;
const OF_ENTERPRISE = { by: 'prefix', argument: 'id', copyAt: null } as const;
const enterprise = z.string().max(100).meta({ scalar: 'ID' });
const steward = z
  .object({ sub: id(200).meta({ description: "Subject of the person's token." }), name: text(100) })
  .meta({ inputType: 'StewardInput', description: '管家: an agent of the desk.' });
const contact = z
  .object({ name: text(50), phone })
  .meta({ inputType: 'EnterpriseContactInput', description: "联络员: the enterprise's own person." });
/** An empty reason reaches the rule, which cites its source. */
const reason = z.string().trim().max(500);
const kept = { by: 'KEEP_STEWARDS', article } as const;

/**
 * Enterprises with a steward at a desk, the newest first.
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT; BAD_INPUT for a malformed cursor
 */
const listEnterprises = query('enterprises', {
  zh: '管家服务企业',
  about: 'enterprises with a steward at a desk, the newest first.',
  by: 'READ_STEWARDS',
  article,
  input: {
    division: askedDivision.meta({ description: "The desk; the viewer's own when left out." }),
    steward: z
      .string()
      .max(200)
      .nullish()
      .transform((v) => v ?? null)
      .meta({ scalar: 'ID', description: 'Those of one steward alone, by subject.' }),
    ended: z
      .boolean()
      .nullish()
      .transform((v) => v ?? false)
      .meta({ filledIn: false, description: 'Those that have ended, in place of those that last.' }),
    vacant: z
      .boolean()
      .nullish()
      .transform((v) => v ?? false)
      .meta({ filledIn: false, description: 'Those whose steward’s post ended alone: another is to be named.' }),
  },
  route: ASKED_DIVISION,
  answer: pageOf(Enterprise),
});

/**
 * Enterprises whose steward the asker is, or stands in for.
 * @throws {ProblemError} FORBIDDEN; BAD_INPUT for a malformed cursor
 */
const myEnterprises = query('myEnterprises', {
  zh: '我服务的企业',
  about: 'those whose steward is the asker, or an agent for whom the asker stands in, the newest first.',
  by: 'READ_ENTERPRISES',
  article,
  input: {},
  route: VIEWERS_DESK,
  answer: pageOf(Enterprise),
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, REASON_MISSING, BAD_INPUT */
const showContactPhone = query('showContactPhone', {
  zh: '查看企业联络员电话',
  about:
    'in the clear, for the steward and those who name stewards; the purpose is written into the log of reads first.',
  by: 'SHOW_PERSONAL_DATA',
  article: ARTICLES.readsAudited,
  input: { id: enterprise, purpose },
  route: OF_ENTERPRISE,
  answer: ClearNumber,
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN; STEWARD_CONFLICT where it has ended */
const stewardPass = query('stewardPass', {
  zh: '管家凭证',
  about:
    'opens `enterpriseCases` of one enterprise to the asker, at every desk of the division, for a quarter of an hour.',
  by: 'READ_ENTERPRISES',
  article,
  input: { id: enterprise },
  route: OF_ENTERPRISE,
  answer: StewardPass,
});

/**
 * Open cases of an enterprise that a desk holds, and at the steward's desk those held outside its division.
 * @throws {ProblemError} FORBIDDEN
 */
const enterpriseCases = query('enterpriseCases', {
  zh: '企业在办件',
  about: 'the open cases of an enterprise that a desk holds, for its steward by a pass. Each case comes once.',
  by: 'READ_ENTERPRISES',
  article,
  input: { division: askedDivision, pass: z.string().max(2000).meta({ description: 'From `stewardPass`.' }) },
  route: ASKED_DIVISION,
  within: true,
  answer: EnterpriseCases,
});

/** @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT, NODE_CLOSED, NOT_IN_ROSTER, STEWARD_CONFLICT, BAD_INPUT */
const nameSteward = mutation('nameSteward', {
  ...kept,
  zh: '指定企业管家',
  about: 'for an enterprise, with the contact that the enterprise names.',
  input: {
    code: paperNumber.meta({ description: '统一社会信用代码' }),
    name: text(200).meta({ description: "The enterprise's." }),
    contact,
    steward,
  },
  answer: Enterprise,
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT, NOT_IN_ROSTER, STEWARD_CONFLICT, REASON_MISSING, NO_CHANGE */
const changeSteward = mutation('changeSteward', {
  ...kept,
  zh: '更换企业管家',
  about: 'also where the post of the one before has ended.',
  input: { id: id(), steward, reason },
  answer: Enterprise,
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT, STEWARD_CONFLICT, BAD_INPUT */
const keepEnterpriseContact = mutation('keepEnterpriseContact', {
  zh: '企业联络员登记',
  about: 'the contact that the enterprise names, by its steward or by those who name stewards.',
  by: 'KEEP_ENTERPRISE_CONTACT',
  article,
  input: { id: id(), contact },
  answer: Enterprise,
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT, STEWARD_CONFLICT, REASON_MISSING */
const endSteward = mutation('endSteward', {
  ...kept,
  zh: '终止管家服务',
  about: 'of an enterprise.',
  input: { id: id(), reason },
  answer: Enterprise,
});

/** 管家服务: enterprises, and the person of the centre who looks after each. */
export const stewards = domain('stewards', {
  zh: '管家服务',
  role: 'projects',
  personal: {
    'Enterprise.code': personalOfEnterprise(),
    'Enterprise.contact': personalOfEnterprise('name', 'phone'),
    'Query.showContactPhone': clearAnswerOfEnterprise('Enterprise.contact.phone'),
    'Query.stewardPass': answerOfEnterprise('Enterprise.code'),
  },
  operations: {
    enterprises: listEnterprises,
    myEnterprises,
    showContactPhone,
    stewardPass,
    enterpriseCases,
    nameSteward,
    changeSteward,
    keepEnterpriseContact,
    endSteward,
  },
});
