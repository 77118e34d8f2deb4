export { enquiriesService, linkEnquiry } from './enquiries-service.ts';
