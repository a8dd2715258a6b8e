/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the driver's files share: a row, the state while one runs, windows, records.
 */
#ifndef PTBENCH_H
#define PTBENCH_H

#include <linux/mm.h>
#include <linux/types.h>

#include "arch.h"
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
	int (*run)(struct ptb_state *s); /* ptb_run_cost() or a check or an events run */
	int (*setup)(struct ptb_state *s);
	int (*prepare)(struct ptb_state *s);   /* before each window, outside it */
	void (*op)(struct ptb_state *s);       /* the window holds this and nothing else */
	int (*finish)(struct ptb_state *s);    /* after each window: was it what it should be? */
	void (*teardown)(struct ptb_state *s); /* also after a failed setup */
	/* the params that only this case has: ptb_param() */
	void (*describe)(struct ptb_state *s);
	bool irqs_off;	       /* the case permits it */
	bool kthread;	       /* the row runs in a kernel thread */
	bool deferred;	       /* bill the RCU callbacks that op queues, too */
	bool design;	       /* the walk's design is a param */
	bool levels;	       /* so is the number of levels, if it varies */
	unsigned int switches; /* of tasks, that op makes */
	bool frees;	       /* page tables, all of them in op */
	bool rcu_path;	       /* events: by what path they go is a check */
	/* Events: op unhooks a table that it does not free, so it has to wait for walkers; or
	 * NULL */
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
/* What CPU 1 does meanwhile: see peer.c. */
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
	int levels; /* 0: as many as there are; else the mm has or gets that many */
	enum ptb_leaf leaf;
	int pages;
	const char *cross; /* level whose boundary lies in the middle; "none"; "span" */
	unsigned long at;  /* the boundary, or the first page; 0: see ptb_boundary() */
	int tables;
	const char *twin; /* of table_free/keep */
	enum ptb_peer_state peer;
	int alias;	  /* of gup_fast/only */
	const void *arg;  /* what only this family knows of its row */
	const char *skip; /* why this row cannot run on this architecture */
};

struct ptb_state {
	const struct ptb_row *row;
	struct ptb_peer __user *peer;
	struct mm_struct *mm; /* whose tables it is about */
	struct page **pages;
	struct page **truth;
	unsigned long at;	     /* the row's boundary or first page */
	unsigned long addr;	     /* first page */
	unsigned long len;	     /* of the region, bytes */
	long got;		     /* what op returned */
	unsigned long tables_before; /* bytes of them */
	u64 freed;		     /* tables, of all levels */
	char params[sizeof_field(struct ptb_record, params)];
	char why[sizeof_field(struct ptb_record, text)];
	bool irqs_off; /* windows run with interrupts off */
	u64 nr_ops;    /* in a window, if not one */
	u64 empty, empty_deferred;
	u64 samples[PTB_WINDOWS], deferred[PTB_WINDOWS];
	u32 nr, discarded;
	u64 shortest; /* of the windows that were discarded */
};

/* A family's rows of one boot; rows.c lists the families. */
struct ptb_rows {
	const struct ptb_row *rows;
	unsigned int nr;
	bool events; /* they belong to the events boot */
};

/*
 * ptb_BOOT_FAMILY_rows, from an array. How many bytes ptb_nr_BOOT_FAMILY has is how many rows there
 * are: kernels/build reads it off the linked kernel, so that a boot from which some are missing is
 * found out without asking the guest.
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

/* records.c: what the row that runs has to say */
int ptb_emit(struct ptb_state *s, const char *metric, const u64 *samples, u32 nr);
int ptb_emit_skip(struct ptb_state *s, const char *reason);
int ptb_emit_check(struct ptb_state *s, const char *id, const char *seen); /* one of checks.h */
__printf(2, 3) void ptb_param(struct ptb_state *s, const char *fmt, ...);  /* ",key=value" */
__printf(2, 3) int ptb_fail(struct ptb_state *s, const char *fmt, ...);	   /* -EIO */
/* For the device, which has them read. */
int ptb_records_begin(void);			 /* once per boot */
void ptb_records_clear(void);			 /* another row begins */
const struct ptb_record *ptb_records_next(void); /* NULL: all have been taken */
void ptb_records_take(void);			 /* that one */

/* filter.c: the row is one that this boot runs; params have been described */
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
/* somebody watches from outside, and wants windows with interrupts on */
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
bool ptb_peer_needed(const struct ptb_row *row); /* of PID 1 */
bool ptb_peer_can(struct ptb_state *s);
int ptb_peer_bring(struct ptb_state *s); /* into the row's state */
void ptb_peer_rest(struct ptb_state *s);
bool ptb_peer_busted(void);

/* space.c: user memory of the caller */
int ptb_map(struct ptb_state *s, unsigned long addr, unsigned long len, unsigned long prot);
void ptb_unmap(unsigned long addr, unsigned long len);
int ptb_touch(struct ptb_state *s, unsigned long addr, unsigned long nr);
struct page *ptb_slow_page(unsigned long addr); /* without a reference kept: for comparing */
int ptb_want_levels(struct ptb_state *s, int levels);
unsigned long ptb_level_span(const char *level);
/*
 * An address that is a multiple of that level's span and of no level's above. -EOPNOTSUPP with
 * s->why: the level is folded, or the address space ends before.
 */
int ptb_boundary(struct ptb_state *s, const char *level, unsigned long *at);
int ptb_boundary_of(struct ptb_state *s, const char *level, unsigned long at); /* is it one? */

/*
 * files.c: /file/data or /dax/data, as mem says, opened; its pages are written and clean. Else an
 * error pointer, -EOPNOTSUPP where there is none, with s->why.
 */
struct file *ptb_file(struct ptb_state *s, const char *mem);
int ptb_map_file(struct ptb_state *s, struct file *file, unsigned long addr, unsigned long len,
		 unsigned long offset);

/*
 * memory.c: s->row->pages pages of that memory at s->addr, rounded up, mapped as the row's leaf
 * says; sets s->len. -EOPNOTSUPP with s->why: not in this guest. To be unmapped in any case.
 */
int ptb_memory_map(struct ptb_state *s, enum ptb_mem mem);
void ptb_memory_unmap(struct ptb_state *s);
void ptb_unfold(struct ptb_state *s); /* contiguous PTEs lose their bit, nothing else changes */
const char *ptb_mem_name(enum ptb_mem mem);
const char *ptb_leaf_name(enum ptb_leaf leaf);

/* gup.c, pin.c, gup_fallback.c, gup_check.c, table_free.c, events.c */
extern const struct ptb_ops ptb_walk, ptb_put, ptb_slow, ptb_only;
extern const struct ptb_ops ptb_pin, ptb_pin_longterm, ptb_unpin, ptb_fallback, ptb_longterm,
	ptb_pin_only, ptb_refused;
extern const struct ptb_ops ptb_munmap, ptb_keep, ptb_madvise;
extern const struct ptb_ops ptb_exit, ptb_exec;
extern const struct ptb_ops ptb_collapse, ptb_unshare, ptb_reuse;
/* only ever skipped */
extern const struct ptb_ops ptb_flushes, ptb_sends, ptb_later, ptb_latency;
int ptb_events_begin(void); /* proves that the probes count */
int ptb_run_events(struct ptb_state *s);

/* gup_recheck.c, free_path.c */
extern const struct ptb_ops ptb_recheck, ptb_path;

#endif
