export { admissionService } from './admission-service.ts';
