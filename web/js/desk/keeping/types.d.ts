// What the parts for keeping read of the interface beyond `js/types.d.ts` and `desk/types.d.ts`.

import type { Crs, FieldProblem, Problem } from '../../types';

/** A problem with the toilets that may be meant. */
export interface Suspected extends Problem { candidates?: { id: number; name: string; distance?: number }[] }

export interface OutageRecord {
  id: number; toilet: number; reason: string; from: string; until?: string; expectedUntil?: string; note?: string;
  state: 'confirmed' | 'unconfirmed' | 'rejected'; by?: string; revision: number;
}

export interface RecordedGrade {
  id: number; toilet: number; standard: string; grade: string; standing: string; assessedOn?: string; validTo?: string;
  revokedOn?: string; supersededOn?: string; supersededBy?: number; certificate?: string; assessor?: string; evidence?: string; revision: number;
}
export interface Share { formula: string; numerator: number; denominator: number; value?: number }
export interface Count { what?: string; name?: string; count: number }
export interface GradingReport { attainment: Share; onStandardInForce: Share; byStanding: Count[]; due: number; on: string }
export interface DueAssessment { id: number; name: string; area?: string; grade: string; assessedOn?: string; standing: string }

export interface Invitation { invitation: string; expiresAt: string }
export interface PendingInvitation { id: number; name: string; person?: string; role?: string; area?: string; operator?: number; expiresAt: string }
export interface Assigned { id: number; person: string; name?: string; from?: string; to?: string; revision: number }
export interface Assignments { custodians: Assigned[]; substitutes: Assigned[] }
export interface CustodianReport { kept: Share; items: { id: number; name: string; left: boolean }[]; next?: string }
export interface Operator { id: number; name: string; kind: string }

export interface FieldChange { field: string; label: string; labelEn: string; from?: unknown; to?: unknown; text: string; textEn: string }
export interface Suggestion {
  id: number; kind: 'missing' | 'wrong' | 'gone'; toilet?: number; area?: string; changes: FieldChange[]; remark?: string;
  state: 'open' | 'accepted' | 'rejected'; reason?: string; sentAt: string; decidedAt?: string; checked?: boolean; revision: number;
}

export interface Plate { kind: 'staff' | 'citizen'; serial: number; url: string; issuedAt?: string }

export interface LayoutReport {
  area?: string; crs: Crs; at: string; radius: number; spacing?: number; toilets: number; unsure: number;
  demand: { points: number; weight: number };
  covered: { points: number; weight: number; share?: number; shareByWeight?: number };
  gaps: { latitude: number; longitude: number; name?: string; metres?: number; points: number; weight: number }[];
  places: { latitude: number; longitude: number; name?: string; gain: { points: number; weight: number }; covered: { share?: number; shareByWeight?: number } }[];
  method: { bound: number; tried: number };
}

export interface ImportRow { line: number; outcome: string; field?: string; code: string; message: string }
export interface ImportChange { line?: number; outcome: string; key: string; toilet?: number; changes: FieldChange[] }
export interface ImportReport {
  read: number; created: number; updated: number; unchanged: number; rejected: number; repeated: number; skipped: number; retired: number;
  warningsByCode: Record<string, number>; rows: ImportRow[]; rowsLeftOut: number; changes: ImportChange[]; changesLeftOut: number;
}
export interface Import {
  id: number; profile: string; sync: boolean; source: string; bytes: number; state: 'ready' | 'applying' | 'applied' | 'failed';
  reason?: string; outdated?: boolean; uploadedAt: string; expiresAt: string; appliedAt?: string; report?: ImportReport; revision: number;
}

export type { FieldProblem };
