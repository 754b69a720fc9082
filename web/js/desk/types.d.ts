// What the parts of the desk are given, and what they read of the interface beyond `js/types.d.ts`.

import type { Answer, Asking, Params } from '../api.js';
import type { Area, Member, Toilet } from '../types';

/** What may be done at the desk, by the names of `src/domain/policy.rs`. */
export type Ability =
  | 'watchEvents' | 'readReports' | 'readPlans' | 'editPlan' | 'readOutages' | 'closeToilet' | 'reviewOutage' | 'readGrades' | 'recordGrade'
  | 'readStaff' | 'invite' | 'inviteAll' | 'editAssignment' | 'issuePlate' | 'reviewImport' | 'applyImport' | 'readSuggestions'
  | 'reviewSuggestion' | 'askExcuse' | 'decideExcuse' | 'editToilet' | 'readAudit';

/** What a part of the desk is given while it is open. */
export interface Desk {
  /** Whoever is signed in. */
  readonly me: Member;
  /** The area in their charge; left out for the whole register. */
  readonly home?: string | undefined;
  /** The time zone in which the days of the desk are meant. */
  readonly zone: string;
  /** What follows the part in the hash: `['17', 'edit']` of `#outages/17/edit`. */
  readonly path: string[];
  /** Over as soon as the reader leaves the part: for listeners, timers, requests. */
  readonly signal: AbortSignal;
  /** Whether any role of theirs allows it: to show or to leave out. The service decides. */
  may(ability: Ability): boolean;
  /** To a part of the desk, or elsewhere within one: `go('outages', 17)`. */
  go(...path: (string | number)[]): void;
  /** As `ask` of `js/api.js`; where a proof is wanted or the session has ended, the reader is asked for it and it goes on. */
  ask<T>(method: string, path: string, asking?: Asking): Promise<Answer<T>>;
  /** The body of a GET, in the same way. */
  get<T>(path: string, params?: Params): Promise<T>;
  /** All pages of a list, in the same way; `most` records at most. */
  all<T>(path: string, params?: Params, most?: number): Promise<T[]>;
  /** The areas in their charge from the county down to towns, for a choice; read once. */
  areas(): Promise<Area[]>;
  /** The toilets in their charge, read once a minute at most. */
  toilets(): Promise<Toilet[]>;
}

/** A module of a part: `js/desk/<part>.js`. */
export interface Part {
  open(root: HTMLElement, desk: Desk): Promise<void> | void;
}

/** One due task, as `GET /toilets/{id}/slots` tells it. */
export interface DeskSlot {
  key: string; task: string; date: string; time: string; at: string; opens: string; due: string; closes: string;
  state: 'planned' | 'open' | 'doneOnTime' | 'doneLate' | 'missed' | 'excused' | 'cancelled';
  doneAt?: string; syncedLate?: boolean; cancelledBy?: number;
}
export interface DeskSlots { toilet: number; zone: string; from: string; to: string; items: DeskSlot[] }

/** A share with what it was made of; without a value where there was nothing to count. */
export interface Rate { numerator: number; denominator: number; value?: number }
export type Grouping = 'all' | 'toilet' | 'area' | 'operator' | 'person';
export interface LongestGap { minutes: number; toilet: number; from: string; until: string }
export interface CleaningFigure {
  of?: string; name?: string; from: string; to: string; n: number; onTime: Rate; late: Rate; missed: Rate; excused: Rate; verified: Rate; proxy: Rate;
  cancelled: number; syncedLate: number; atLeast?: number; tooFew: boolean; longestGap?: LongestGap;
}
export interface CleaningFigures { from: string; to: string; asOf: string; total: Rate & { formula: string }; items: CleaningFigure[] }
/** What was due at an hour of a day of the week, by the clocks of the toilets. */
export interface HourFigure { weekday: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'; hour: number; n: number; onTime: Rate; late: Rate; missed: Rate; tooFew: boolean }
export interface HourFigures { from: string; to: string; asOf: string; total: Rate & { formula: string }; items: HourFigure[] }
export interface CoverageFigure { of?: string; name?: string; coverage: Rate; unknownMinutes: number }
export interface CoverageFigures { from: string; to: string; asOf: string; total: Rate & { formula: string }; items: CoverageFigure[] }

export interface CheckPoint { code: string; name: string; nameEn?: string }
/** One line of a plan, in local time. */
export interface PlanWindow {
  task: string; weekdays?: string[]; monthDays?: number[]; from?: string; to?: string; everyMinutes?: number; at?: string[];
  earlyMinutes: number; lateMinutes: number; graceMinutes: number; checklist?: CheckPoint[];
}
export interface PlanTemplate { id: number; name: string; note?: string; windows: PlanWindow[]; description: string[]; descriptionEn: string[] }
export interface Plan {
  toilet: number; version: number; template?: number; zone: string; from: string; to?: string; madeAt: string; windows: PlanWindow[];
  description: string[]; descriptionEn: string[]; revision: number;
}
export interface PlanApplied { made: { toilet: number; version: number }[]; left: { toilet: number; detail: string }[] }
/** For which toilets an exception is: one of these. */
export interface Over { area?: string; operator?: number; template?: number; toilet?: number }
/** What an exception would change on the first day on which it changes anything. */
export interface ExceptionPreview {
  toilets: number; more: boolean; day?: string; cancelled: number; added: number;
  items: { toilet: number; name: string; cancelled: number; added: number }[]; slots?: DeskSlots;
}
export interface PlanException {
  id: number; over: Over; from?: string; to?: string; effect: 'closed' | 'instead' | 'extra';
  reason?: string; madeAt: string; endedAt?: string; description: string[]; descriptionEn: string[]; revision: number;
}
