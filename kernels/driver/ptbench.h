/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the driver's files share: a row, the state while one runs, windows, records.
 */
#ifndef PTBENCH_H
#define PTBENCH_H

#include <linux/mm.h>
#include <linux/types.h>

#include "arch.h"
#include "compat.h"
#include "ioctl.h"
#include "record.h"

#define PTB_WINDOWS 31 /* kept windows behind a cost */
#define PTB_WARM_UP 4
#define PTB_MAX_TRIES (PTB_WINDOWS * 8)
#define PTB_EVENT_WINDOWS 5
#define PTB_MAX_PAGES 4096

struct ptb_row;
struct ptb_state;

/* How one case is run. Everything returns 0 or -errno with s->why filled. */
struct ptb_ops {
	const char *case_id;
	const char *absent; /* the error where the case does not compile on this kernel; or NULL */
	const char *noisy;  /* why no window of its cost is quiet on this kernel; or NULL */
	int (*run)(struct ptb_state *s); /* ptb_run_cost() or a check or an events run */
	int (*setup)(struct ptb_state *s);
	int (*prepare)(struct ptb_state *s);   /* before each window, outside it */
	void (*op)(struct ptb_state *s);       /* the window holds this and nothing else */
	int (*finish)(struct ptb_state *s);    /* after each window: was it what it should be? */
	void (*teardown)(struct ptb_state *s); /* also after a failed setup */
	/* appends the params that only this case has, by ptb_param() */
	void (*describe)(struct ptb_state *s);
	bool irqs_off;	       /* windows may run with interrupts off */
	bool kthread;	       /* the row runs in a kernel thread */
	bool deferred;	       /* bill the RCU callbacks that op queues, too */
	bool design;	       /* the walk's design is a param */
	bool levels;	       /* the number of levels is a param where it varies */
	unsigned int switches; /* switches between tasks that op itself makes */
	bool frees;	       /* op frees page tables: with PTBENCH_SYNC_RCU it sleeps */
	bool rcu_path;	       /* events: emit table_free/rcu_path, how the tables go */
	/* Events: does op take a table out of use without freeing it, so that it has to wait for
	 * walkers? NULL: never. */
	bool (*waits_for_walkers)(const struct ptb_row *row);
};

/* PTE_FOLIO: PTEs to one large folio; CONTPTE: with the architecture's contiguous bit. */
enum ptb_leaf {
	PTB_NO_LEAF,
	PTB_PTE,
	PTB_PTE_FOLIO,
	PTB_CONTPTE,
	PTB_CONTPTE_UNFOLDED,
	PTB_PMD,
	PTB_PUD,
};
enum ptb_mem { PTB_ANON, PTB_SHMEM, PTB_HUGETLB, PTB_FILE, PTB_DAX };
/* What CPU 1 does while op runs: see peer.c. */
enum ptb_peer_state {
	PTB_NO_PEER,
	PTB_PEER_NONE,
	PTB_PEER_IDLE,
	PTB_PEER_SPIN,
	PTB_PEER_KERNEL,
	PTB_PEER_GUP,
};
#define PTB_PEER_CPU 1

struct ptb_row {
	const struct ptb_ops *ops;
	int levels; /* levels that the mm is made to have; 0: as many as it has */
	enum ptb_leaf leaf;
	int pages;
	const char *cross; /* level whose boundary lies in the middle; "none"; "span" */
	unsigned long at;  /* the boundary, or the first page; 0: chosen from PTB_AT */
	int tables;
	const char *twin; /* the row is a twin: "same" or "packed" (table_free.c) */
	enum ptb_peer_state peer;
	int alias;	  /* of gup_fast/only: see gup_check.c */
	const void *arg;  /* data that only the row's own case reads */
	const char *skip; /* why this row cannot run on this architecture */
};

struct ptb_state {
	const struct ptb_row *row;
	struct ptb_peer __user *peer;
	struct mm_struct *mm; /* the address space whose tables op walks or frees */
	struct page **pages;
	struct page **truth;
	unsigned long at;	     /* the row's boundary or first page */
	unsigned long addr;	     /* first page */
	unsigned long len;	     /* of the region, bytes */
	long got;		     /* what op returned */
	unsigned long tables_before; /* bytes of page tables before op */
	u64 freed;		     /* tables of all levels that op freed */
	char params[sizeof_field(struct ptb_record, params)];
	char why[sizeof_field(struct ptb_record, text)];
	bool irqs_off; /* windows run with interrupts off */
	u64 nr_ops;    /* operations in a window; 0 means one */
	u64 empty, empty_deferred;
	u64 samples[PTB_WINDOWS], deferred[PTB_WINDOWS];
	u32 nr, discarded; /* windows kept, and thrown away */
	u64 shortest;	   /* cost of a window that was thrown away */
	u32 refills; /* windows thrown away for pages that went past the per-CPU lists alone */
};

/* A family's rows of one boot; rows.c lists the families. */
struct ptb_rows {
	const struct ptb_row *rows;
	unsigned int nr;
	bool events; /* they belong to the events boot */
};

/*
 * Defines ptb_BOOT_FAMILY_rows from an array, and ptb_nr_BOOT_FAMILY, whose size in bytes is the
 * number of rows. kernels/build reads that size from the linked kernel: the judge of a boot then
 * knows how many rows there must be, whatever the guest says.
 */
#define PTB_ROWS(boot, family, array, is_events)                                                   \
	const struct ptb_rows ptb_##boot##_##family##_rows = {                                     \
		.rows = array,                                                                     \
		.nr = ARRAY_SIZE(array),                                                           \
		.events = is_events,                                                               \
	};                                                                                         \
	extern const char ptb_nr_##boot##_##family[];                                              \
	const char ptb_nr_##boot##_##family[ARRAY_SIZE(array)] = { 1 }

extern const struct ptb_rows ptb_costs_gup_rows, ptb_costs_grown_rows, ptb_costs_free_rows;
extern const struct ptb_rows ptb_costs_kmap_rows, ptb_costs_dax_rows, ptb_costs_variant_rows;
extern const struct ptb_rows ptb_events_free_rows;
const struct ptb_row *ptb_row_nr(u32 nr, bool events);

/* records.c: the records of the row that runs */
int ptb_emit(struct ptb_state *s, const char *metric, const u64 *samples, u32 nr);
int ptb_emit_skip(struct ptb_state *s, const char *reason);
int ptb_emit_check(struct ptb_state *s, const char *id, const char *seen); /* id: of checks.h */
__printf(2, 3) void ptb_param(struct ptb_state *s, const char *fmt, ...);  /* ",key=value" */
__printf(2, 3) int ptb_fail(struct ptb_state *s, const char *fmt, ...);	   /* -EIO */
/* For main.c, which hands the records to PID 1. */
int ptb_records_begin(void);			 /* once per boot */
void ptb_records_clear(void);			 /* before each row */
const struct ptb_record *ptb_records_next(void); /* NULL: none is left */
void ptb_records_take(void);			 /* removes it */

/* filter.c: does this boot run the row? s->params must be complete. */
bool ptb_wanted(const struct ptb_state *s);

/* clock.c: windows are measured by time (KVM), not by instructions */
extern bool ptb_in_time;

/*
 * noise.c: what may disturb a window, counted since boot; a window in which one of these changes is
 * thrown away. Pages are those on the page allocator's free lists (a per-CPU list was refilled or
 * drained), and those of slabs (one was made, or given up); a refill from a slab that is there
 * changes none of them.
 */
struct ptb_noise {
	u64 irqs, softirqs, switches;
	u64 free_pages, slab_pages;
};
void ptb_noise_read(struct ptb_noise *n);

/* window.c */
int ptb_calibrate(void);
int ptb_run_cost(struct ptb_state *s);
u64 ptb_mode(const u64 *v, u32 nr);
/* QEMU's plugin counts instructions, and needs windows with interrupts on, too */
extern bool ptb_profile;

/* deferred.c: what the RCU callbacks queued between the two marks execute */
void ptb_deferred_first(void);
void ptb_deferred_second(void);
bool ptb_deferred_result(u64 *cost);

/* kthread.c: runs @fn in a kernel thread */
int ptb_in_kthread(int cpu, int (*fn)(struct ptb_state *s), struct ptb_state *s);

/* peer.c */
int ptb_peer_enter(unsigned long addr);
const char *ptb_peer_name(enum ptb_peer_state state);
bool ptb_peer_needed(const struct ptb_row *row); /* PID 1 has to start one */
bool ptb_peer_can(struct ptb_state *s);		 /* false: s->why says why not */
int ptb_peer_bring(struct ptb_state *s);	 /* into the row's state */
void ptb_peer_rest(struct ptb_state *s);
bool ptb_peer_busted(void); /* ptbench.bust_peer is set */

/* space.c: user memory of the caller */
int ptb_map(struct ptb_state *s, unsigned long addr, unsigned long len, unsigned long prot);
void ptb_unmap(unsigned long addr, unsigned long len);
int ptb_touch(struct ptb_state *s, unsigned long addr, unsigned long nr);
struct page *ptb_slow_page(unsigned long addr); /* keeps no reference: only for comparing */
int ptb_want_levels(struct ptb_state *s, int levels);
unsigned long ptb_level_span(const char *level);
/*
 * Finds a boundary of that level: a multiple of its span, but not of a higher level's.
 * -EOPNOTSUPP with s->why: the level is folded, or the address space ends before.
 */
int ptb_boundary(struct ptb_state *s, const char *level, unsigned long *at);
int ptb_boundary_of(struct ptb_state *s, const char *level, unsigned long at); /* is @at one? */

/*
 * files.c: opens /file/data or /dax/data, for mem "file" or "dax"; PID 1 has written all its pages
 * and had them written back. Or an error pointer with s->why; -EOPNOTSUPP: this guest has no such
 * file.
 */
struct file *ptb_file(struct ptb_state *s, const char *mem);
int ptb_map_file(struct ptb_state *s, struct file *file, unsigned long addr, unsigned long len,
		 unsigned long offset);

/*
 * memory.c: maps s->row->pages pages of that memory by the row's kind of leaf, at s->addr, which is
 * rounded up to a leaf; sets s->len. -EOPNOTSUPP with s->why: this guest cannot. Callers call
 * ptb_memory_unmap() afterwards even if it fails.
 */
int ptb_memory_map(struct ptb_state *s, enum ptb_mem mem);
void ptb_memory_unmap(struct ptb_state *s);
void ptb_unfold(struct ptb_state *s); /* clears the contiguous bit of PTEs, and nothing else */
const char *ptb_mem_name(enum ptb_mem mem);
const char *ptb_leaf_name(enum ptb_leaf leaf);

/* gup.c, pin.c, gup_fallback.c, gup_check.c, table_free.c, events.c */
extern const struct ptb_ops ptb_walk, ptb_put, ptb_slow, ptb_only;
extern const struct ptb_ops ptb_pin, ptb_pin_longterm, ptb_unpin, ptb_fallback, ptb_longterm,
	ptb_pin_only, ptb_refused;
extern const struct ptb_ops ptb_munmap, ptb_keep, ptb_madvise;
extern const struct ptb_ops ptb_exit, ptb_exec;
extern const struct ptb_ops ptb_collapse, ptb_unshare, ptb_reuse;
/* cases whose rows are always skipped, with the reason */
extern const struct ptb_ops ptb_flushes, ptb_sends, ptb_later, ptb_latency;
int ptb_events_begin(void); /* places the probes, proves that they count */
int ptb_run_events(struct ptb_state *s);

/* gup_recheck.c, free_path.c */
extern const struct ptb_ops ptb_recheck, ptb_path;

#endif
