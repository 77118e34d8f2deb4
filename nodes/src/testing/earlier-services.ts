import type { EnquiryState } from '@liandong/schema/case';
import type { NodeServices } from '@liandong/schema/graph';
import type { PageRequest, Viewer } from '@liandong/schema/operation';
import { enquiries } from '@liandong/schema/domains/enquiries';
import { operate } from '@liandong/schema/operation';

/** A node's operations under the names tests called them by before; goes with the last such test. */
export function earlierServices(services: NodeServices) {
  const ask = operate(services.perform, enquiries);
  return {
    ...services,
    enquiries: {
      get: (viewer: Viewer | null, id: string) => ask.enquiry(viewer, { id }),
      list: (viewer: Viewer | null, state: EnquiryState | null, page: PageRequest) =>
        ask.enquiries(viewer, { filter: { state } }, page),
      open: ask.openEnquiry,
      report: ask.reportEnquiry,
    },
  };
}
