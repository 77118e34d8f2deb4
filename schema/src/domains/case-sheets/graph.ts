import type { RoleBuilder } from '../../graph/builder.ts';
import type { CasesSheetView } from './views.ts';

/** Fields of a list as a workbook. */
export function casesSheetRef({ builder }: RoleBuilder) {
  return builder.objectRef<CasesSheetView>('CasesSheet').implement({
    description: '列表导出: a list of cases as an Excel workbook.',
    fields: (t) => ({
      fileName: t.exposeString('fileName', { nullable: false }),
      mediaType: t.exposeString('mediaType', { nullable: false }),
      bytes: t.field({ type: 'Base64', nullable: false, resolve: (s) => s.bytes }),
      rows: t.exposeInt('rows', { nullable: false, description: 'Cases in it.' }),
      complete: t.exposeBoolean('complete', {
        nullable: false,
        description: 'Whether it has every case of the list; otherwise the first ones in its order.',
      }),
    }),
  });
}
