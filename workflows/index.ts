export { projectAnalytics } from './project-analytics.ts';
