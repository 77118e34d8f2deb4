import type { DivisionCode } from '@liandong/schema/kernel';
import type { JointHandlingView } from '@liandong/schema/domains/joint';
import { jointOpen } from '@liandong/schema/domains/joint';
import type { StoredCase } from '../cases/index.ts';

/** 联合办理 of a case, as a node knows it. */
export function jointOf(node: DivisionCode, { file }: StoredCase): JointHandlingView {
  return {
    id: file.id,
    number: file.number,
    item: file.item,
    joint: file.joint,
    open: jointOpen(file.joint),
    answeredBy: node,
  };
}
