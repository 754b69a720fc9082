// What the page of those who clean keeps on the device, and what it reads of the interface.

import type { Crs, Member } from '../types';

export type Task = 'thorough' | 'round' | 'disinfect' | 'deep';

export interface CheckPoint { code: string; name: string; nameEn?: string }

export interface RoundSlot {
  key: string; task: Task; opens: string; due: string; closes: string; overdue: boolean; checklist?: number;
}
export interface RoundStop {
  toilet: number; code?: string; name: string; nameEn?: string; address?: string; latitude?: number; longitude?: number;
  distance?: number; own: boolean; version?: number; slots: RoundSlot[]; lastCleanedAt?: string; lastTasks?: Task[]; remarks?: string[];
}
export interface Round { at: string; crs: Crs; items: RoundStop[]; checklists: CheckPoint[][]; more: boolean }

/** A round as it was when there was signal. */
export interface KeptRound { key: string; round: Round; at: number }

export interface PlanWindow { task: Task; checklist?: CheckPoint[] }
export interface Plan { version: number; from: string; to?: string; windows: PlanWindow[] }

export interface ScannedPlate { kind: 'staff' | 'citizen'; toilet: number; name: string; nameEn?: string }

/** As much of a toilet as one needs to see which it is. */
export interface Known { id: number; name: string; nameEn?: string; code?: string }

export interface ClockReading { bootId: string; monotonicMs: number }
export interface Reading { at: string; clock: ClockReading }

export interface Fix { latitude: number; longitude: number; crs: Crs; accuracy?: number }
export interface Supply { name: string; quantity: number; unit?: string }
export interface Answer { ok: boolean; note?: string }
export interface CheckedPoint extends Answer { task: Task; code: string }

/** What was fixed when it happened, and is sent the same however often. */
export interface CleaningEvent {
  toilet: number; performedBy: string; tasks: Task[]; startedAt?: string; finishedAt: string; clock: ClockReading;
  checklist?: { version: number; points: CheckedPoint[] }; remarks?: string; supplies?: Supply[]; photos?: string[]; plate?: string;
  position?: Fix;
}

export interface Fault { field: string; code: string; message: string }
export interface Receipt { id: string; toilet: number; at: string; basis: 'monotonic' | 'device'; presence: string; flags: string[] }
export interface Outcome {
  id?: string; status: 'created' | 'replayed' | 'conflict' | 'rejected'; code: string; retry: boolean; cleaning?: Receipt; errors?: Fault[];
}

/** A record in the queue, which belongs to a person. */
export interface Entry {
  id: string; person: string; toilet: Known; event: CleaningEvent;
  /** By the device's clock: for the order on the screen. */
  madeAt: number;
  /** What the service said of it last; nothing before it said anything. */
  outcome?: Outcome;
  /** When that was, by the device's clock. */
  saidAt?: number;
}
export type EntryState = 'waiting' | 'sending' | 'onRecord' | 'flagged' | 'refused';

/** A photo that belongs to a record or to one that is being written. Its bytes are dropped once the service has them. */
export interface KeptPhoto {
  id: string; person: string; record: string; type: string; bytes: ArrayBuffer | null; sha256: string; sent: boolean;
  /** Why the service does not take it, in words. */
  refused?: string;
}

/** A record that is being written. Its id is the record's: saved in two tabs, it is still one. */
export interface Draft {
  id: string; person: string; toilet: Known; openedAt: number; tasks: Task[]; answers: Record<string, Answer>; remarks: string;
  supplies: Supply[]; photos: string[]; startedAt?: string; plate?: string;
  /** What the service says of the plate, where there was signal to ask. */
  plateIs?: 'staff' | 'citizen' | 'void' | 'elsewhere';
  position?: Fix; version?: number; checklists?: Partial<Record<Task, CheckPoint[]>>;
}

/** Somebody who has signed in on this device, and the token of the device if they have a PIN here. */
export interface Person { id: string; name: string; logs: boolean; device?: string }

export type { Member };
