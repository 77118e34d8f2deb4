import type { ClauseFault } from './words.ts';
import type { Implementation } from './catalogue.ts';

/** A clause whose content a reader can't know in advance, and its place. */
export interface VagueClause {
  /** `materials[2].name` or `conditions[0]`. */
  place: string;
  /** The words that are vague, 其他材料. */
  clause: string;
  /** The whole text of the clause. */
  text: string;
  fault: ClauseFault;
}

/** Words that leave a requirement open (兜底): they may mean anything. */
const CATCH_ALL: readonly RegExp[] = [
  /(?:其他|其它)[^,,。;;、]*/u,
  /(?:认为|确有)(?:需要|必要|应当)[^,,。;;、]*/u,
  /(?:根据|视)(?:实际)?(?:需要|情况)(?:需要)?(?:提供|提交|补充)[^,,。;;、]*/u,
  // 等 that ends a list; 平等, 等级, 等待 and their like are words of their own
  /(?<![平同高中初均相优劣])等(?![级候待同于额值分离效])(?:材料|证明|证件|文件|资料|情形|条件)?/u,
];

/** Words that name no particular rule, organ or paper (模糊). */
const VAGUE: readonly RegExp[] = [
  /(?:相关|有关|相应)(?:的)?(?:证明|材料|文件|资料|证件|手续|规定|要求|条件|部门|单位)[^,,。;;、]*/u,
  /(?:必要|适当|一定)(?:的)?(?:证明|材料|文件|资料|条件|手续)/u,
  /原则上/u,
];

/**
 * Lists vague and catch-all clauses in the materials and conditions: a clerk could stretch them, and an applicant can't
 * foresee their meaning. At most one finding of each kind for a text. Source: the centres' own rule that a list of
 * materials is exhaustive (事项清单规范化管理制度); findings, never refusals.
 */
export function vagueClauses({
  materials,
  conditions,
}: Pick<Implementation, 'materials' | 'conditions'>): VagueClause[] {
  const texts = [
    ...materials.map(({ name }, i) => ({ place: `materials[${i}].name`, text: name })),
    ...conditions.map((text, i) => ({ place: `conditions[${i}]`, text })),
  ];
  return texts.flatMap(({ place, text }) =>
    (
      [
        ['CATCH_ALL', CATCH_ALL],
        ['VAGUE', VAGUE],
      ] as const
    ).flatMap(([fault, patterns]) => {
      const [clause] = patterns.flatMap((pattern) => pattern.exec(text)?.[0] ?? []);
      return clause === undefined ? [] : [{ place, clause, text, fault }];
    }),
  );
}
