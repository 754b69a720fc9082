// The shapes of the interface that these pages read, as openapi/openapi.json states them, and the words of the pages.

import type common from './i18n/zh-CN/common.js';
import type find from './i18n/zh-CN/find.js';
import type board from './i18n/zh-CN/board.js';
import type join from './i18n/zh-CN/join.js';
import type staff from './i18n/zh-CN/staff.js';
import type wechat from './i18n/zh-CN/wechat.js';
import type desk from './i18n/zh-CN/desk.js';
import type deskwork from './i18n/zh-CN/deskwork.js';
import type keeping from './i18n/zh-CN/keeping.js';

/** The key of any word; each dictionary is named here once. */
export type Word = keyof typeof common | keyof typeof find | keyof typeof board | keyof typeof join | keyof typeof staff | keyof typeof wechat | keyof typeof desk | keyof typeof deskwork | keyof typeof keeping;

export type Crs = 'wgs84' | 'gcj02' | 'bd09';
export type Fact = 'yes' | 'limited' | 'no';
export type Status = 'planned' | 'inService' | 'closed' | 'retired';
export type Need = 'wheelchair' | 'familyToilet' | 'babyChanging' | 'women' | 'men' | 'unisex' | 'paper' | 'handWashing' | 'shower' | 'drinkingWater';

export interface Position { latitude: number; longitude: number }
export interface AreaRef { code: string; name: string }
export interface FieldProblem { field: string; code: string; message: string }

export interface Problem {
  type: string; title: string; status: number; detail: string; instance: string; code: string; requestId: string;
  errors: FieldProblem[]; retryAfterSeconds?: number; revision?: number;
}

export interface Open { now: boolean; until?: string; opensAt?: string; today?: string[]; hours?: string }
export interface Outage { reason: string; from: string; until?: string; expectedUntil?: string }
export interface GradeRecord { standard: string; grade: string; assessedOn?: string; standing: string }
export interface CleaningNow { lastCleanedAt?: string; nextDueAt?: string; onTimeRate30d?: number }
export interface Stalls { total?: number; women?: number; men?: number; urinals?: number; accessible?: number; family?: number }

/** A public toilet. What is not known is left out. */
export interface Toilet {
  id: number; code?: string; name: string; nameEn?: string; kind?: string; access?: string; zone: string;
  position?: Position; address?: string; district?: string; area?: AreaRef; operator?: { id: number; name: string; kind: string };
  status: Status; outage?: Outage; open?: Open; facilities?: Partial<Record<Need, Fact>>; fee?: Fact; stalls?: Stalls;
  grades?: GradeRecord[]; cleaning?: CleaningNow; hoursNote?: string; note?: string; contact?: string; revision: number;
  verifiedAt?: string; source?: { name: string; key: string; synthetic?: boolean };
}

/** One with how far it is, in metres. */
export interface NearToilet extends Toilet { distance: number; bearing: number; across?: string; unsure?: string[] }
export interface Nearest { crs: Crs; at: string; items: NearToilet[] }

export interface Cluster {
  id: number; position: Position; count: number; usable: number; bbox: [number, number, number, number]; name?: string; status?: Status;
}

export interface Outline { crs: Crs; type: 'MultiPolygon'; coordinates: number[][][][]; label?: string }
export interface Area { id: number; code: string; name: string; level: string; parent?: string; path: string[]; outline?: Outline }

/** A toilet of the copy, its places in the lists of the answer resolved or not: see docs/bundles.md. */
export interface BundleItem {
  id: number; code?: string; name: string; nameEn?: string; kind?: string; access?: string; zone?: string;
  latitude?: number; longitude?: number; address?: string; area?: number; facilities?: string; fee?: Fact; grades?: string[];
  planned?: boolean; week?: number; open?: number; shut?: [number, number][];
}
export interface Bundle {
  version: number; crs: Crs; zone: string; hoursFrom: string; hoursUntil: string; facilities: Need[]; areas: AreaRef[];
  weeks: [number, number][][]; opens: [number, number][][]; items: BundleItem[];
}

export interface Slot { key: string; task: string; date: string; time: string; due: string; state: string; doneAt?: string }
export interface Slots { toilet: number; zone: string; from: string; to: string; items: Slot[] }
export interface PublicCleaning { at: string; tasks: string[]; presence: string }
export interface Photo { id: string; url: string; thumbnailUrl: string; width: number; height: number; from: string }
export interface PublicEvent { id: string; topics: string[]; kind: string; key: string; action: string; at: string; toilet?: number; area?: string }
export interface Grant { id: number; role: string; area?: string; operator?: number }
export interface Member { id: string; name: string; grants: Grant[] }

/** Where somebody is, or wants to look, in the datum of the page. */
export interface Place extends Position { label?: string; from: 'device' | 'map' | 'list'; accuracy?: number }
