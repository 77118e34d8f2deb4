import { view } from '../../operation/operation.ts';

/** A list of cases as a workbook. */
export interface CasesSheetView {
  fileName: string;
  mediaType: string;
  /** Base64; at most {@link MAX_SHEET_BYTES} bytes. */
  bytes: string;
  /** Cases in it. */
  rows: number;
  /** Whether it has every case of the list; otherwise the first ones in its order. */
  complete: boolean;
}

/** Most bytes of a workbook. */
export const MAX_SHEET_BYTES = 1_000_000;
/** Most cases of a workbook. */
export const MOST_ROWS = 2_000;

export const CasesSheet = view<CasesSheetView>('CasesSheet');
