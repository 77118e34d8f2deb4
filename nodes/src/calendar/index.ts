/** The official calendar: built-in years, and those of the operator's file. */
export { builtInCalendar, calendarMark, openCalendar } from './calendar.ts';
