import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { jira } from './jira.ts';
import type { AnyTracker } from './tracker.ts';
import { webhook } from './webhook.ts';

const trackers: readonly AnyTracker[] = [github, gitlab, jira, webhook];

export const trackerOf = (kind: string): AnyTracker => trackers.find((one) => one.kind === kind)!;
