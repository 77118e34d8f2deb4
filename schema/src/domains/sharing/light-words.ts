import { vocabulary } from '../../kernel/vocabulary.ts';

// Words for findings of supervision.

/** 预警等级. */
export const LIGHT_LEVELS = ['NOTICE', 'YELLOW', 'RED'] as const;
export type LightLevel = (typeof LIGHT_LEVELS)[number];
export const LIGHT_LEVEL_LABELS: Record<LightLevel, string> = { NOTICE: '提示', YELLOW: '黄灯', RED: '红灯' };
export const LIGHT_LEVEL = vocabulary('LightLevel', '预警等级', LIGHT_LEVEL_LABELS);

/** 预警事由. */
export const LIGHT_KINDS = ['DATA_OUT_OF_GRANT'] as const;
export type LightKind = (typeof LIGHT_KINDS)[number];
export const LIGHT_KIND_LABELS: Record<LightKind, string> = { DATA_OUT_OF_GRANT: '超范围查询数据' };
export const LIGHT_KIND = vocabulary('LightKind', '预警事由', LIGHT_KIND_LABELS);
