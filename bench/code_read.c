// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions in object files: their bytes and relocations, by libelf. */

#include <array_size.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "code_bytes.h"

#define MAX_PIECES 8

struct reloc {
	size_t offset; /* in the piece */
	unsigned type;
	long long addend;
	char target[160];
};

struct piece {
	char suffix[64]; /* "" or ".cold" */
	size_t size, nr_relocs;
	unsigned char *bytes;
	struct reloc *relocs;
};

struct code {
	size_t nr_pieces;
	struct piece pieces[MAX_PIECES];
};

/* An object while it is read. */
struct object {
	Elf *elf;
	Elf_Scn *symtab;
	size_t nr_symbols, strings;
	const char *symbol; /* the function to find */
};

static const char *symbol_at(const struct object *o, size_t i, GElf_Sym *sym)
{
	if (!gelf_getsym(elf_getdata(o->symtab, NULL), i, sym))
		return NULL;
	return elf_strptr(o->elf, o->strings, sym->st_name);
}

/* The suffix of name after o->symbol: "", ".cold"; NULL: another function. */
static const char *suffix_of(const struct object *o, const char *name)
{
	size_t len = strlen(o->symbol);

	if (strncmp(name, o->symbol, len) || (name[len] && name[len] != '.'))
		return NULL;
	return name + len;
}

static const char *section_name(const struct object *o, size_t index)
{
	GElf_Shdr shdr;
	Elf_Scn *scn = elf_getscn(o->elf, index);
	size_t names;

	if (!scn || !gelf_getshdr(scn, &shdr) || elf_getshdrstrndx(o->elf, &names))
		return "?";
	return elf_strptr(o->elf, names, shdr.sh_name);
}

static bool relocates(const GElf_Shdr *shdr, size_t section)
{
	return shdr->sh_type == SHT_RELA && shdr->sh_info == section;
}

/* Calls fn for the relocations of [from, to) of a section, until it returns != 0. */
static int for_each_rela(const struct object *o, size_t section, size_t from, size_t to,
			 int (*fn)(const struct object *o, const GElf_Rela *rela, void *arg),
			 void *arg)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr shdr;
	GElf_Rela rela;
	int err = 0;

	while (!err && (scn = elf_nextscn(o->elf, scn))) {
		Elf_Data *data;

		if (!gelf_getshdr(scn, &shdr) || !relocates(&shdr, section))
			continue;
		data = elf_getdata(scn, NULL);
		for (int i = 0; !err && data && gelf_getrela(data, i, &rela); i++)
			if (rela.r_offset >= from && rela.r_offset < to)
				err = fn(o, &rela, arg);
	}
	return err;
}

/* What to add to a relocation's addend to get the place that the instruction's operand names. */
static long long operand_bias(const struct object *o, unsigned type)
{
	GElf_Ehdr ehdr;

	if (!gelf_getehdr(o->elf, &ehdr))
		return 0;
	if (ehdr.e_machine == EM_X86_64 && (type == R_X86_64_PC32 || type == R_X86_64_PLT32))
		return 4;
	if (ehdr.e_machine == EM_S390 && (type == R_390_PC32DBL || type == R_390_PLT32DBL))
		return -2;
	return 0;
}

/* A jump between a function and its cold piece has a relocation against the piece's section. */
static bool own_piece_at(const struct object *o, size_t section, long long at, struct reloc *r)
{
	GElf_Sym sym;

	for (size_t i = 0; i < o->nr_symbols; i++) {
		const char *name = symbol_at(o, i, &sym);
		const char *suffix = name ? suffix_of(o, name) : NULL;

		if (!suffix || GELF_ST_TYPE(sym.st_info) != STT_FUNC || sym.st_shndx != section ||
		    at < (long long)sym.st_value || at >= (long long)(sym.st_value + sym.st_size))
			continue;
		snprintf(r->target, sizeof(r->target), "self%s", suffix);
		r->addend = at - (long long)sym.st_value;
		return true;
	}
	return false;
}

static int name_rela(const struct object *o, const GElf_Rela *rela, void *arg)
{
	struct reloc *r = arg;
	size_t len = strlen(r->target);
	const char *name;
	GElf_Sym sym;

	name = symbol_at(o, GELF_R_SYM(rela->r_info), &sym);
	snprintf(r->target + len, sizeof(r->target) - len, " %u:%s+%lld",
		 (unsigned)GELF_R_TYPE(rela->r_info), name ? name : "?", (long long)rela->r_addend);
	return 0;
}

/* A relocation to a constant of the compiler's counts as the constant's bytes, not its address. */
static bool constant_at(const struct object *o, size_t section, long long at, struct reloc *r)
{
	Elf_Scn *scn = elf_getscn(o->elf, section);
	Elf_Data *data = scn ? elf_getdata(scn, NULL) : NULL;
	GElf_Shdr shdr;
	size_t len;

	if (!data || !data->d_buf || at < 0 || (size_t)at + 8 > data->d_size ||
	    !gelf_getshdr(scn, &shdr) || shdr.sh_flags & SHF_EXECINSTR)
		return false;
	len = snprintf(r->target, sizeof(r->target), "constant ");
	for (int i = 0; i < 8; i++)
		len += snprintf(r->target + len, sizeof(r->target) - len, "%02x",
				((unsigned char *)data->d_buf)[at + i]);
	for_each_rela(o, section, at, at + 8, name_rela, r)
		;
	r->addend = 0;
	return true;
}

static void reloc_target(const struct object *o, const GElf_Rela *rela, struct reloc *r)
{
	const char *name, *suffix;
	long long at;
	GElf_Sym sym;

	r->type = GELF_R_TYPE(rela->r_info);
	r->addend = rela->r_addend;
	name = symbol_at(o, GELF_R_SYM(rela->r_info), &sym);
	if (name && (GELF_ST_TYPE(sym.st_info) == STT_SECTION || !strncmp(name, ".L", 2))) {
		at = (long long)sym.st_value + rela->r_addend + operand_bias(o, r->type);
		if (!own_piece_at(o, sym.st_shndx, at, r) && !constant_at(o, sym.st_shndx, at, r))
			snprintf(r->target, sizeof(r->target), "section %s",
				 section_name(o, sym.st_shndx));
		return;
	}
	suffix = name ? suffix_of(o, name) : NULL;
	snprintf(r->target, sizeof(r->target), "%s%s", suffix ? "self" : "",
		 suffix ? suffix
		 : name ? name
			: "?");
}

/* A piece while its relocations are read, and its offset in its section. */
struct reading {
	struct piece *p;
	size_t value;
};

static int add_reloc(const struct object *o, const GElf_Rela *rela, void *arg)
{
	struct reading *reading = arg;
	struct piece *p = reading->p;
	struct reloc *more = realloc(p->relocs, (p->nr_relocs + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	p->relocs = more;
	memset(&more[p->nr_relocs], 0, sizeof(*more));
	more[p->nr_relocs].offset = rela->r_offset - reading->value;
	reloc_target(o, rela, &more[p->nr_relocs++]);
	return 0;
}

static int read_piece(const struct object *o, const GElf_Sym *sym, const char *suffix,
		      struct code *code)
{
	Elf_Scn *scn = elf_getscn(o->elf, sym->st_shndx);
	Elf_Data *data = scn ? elf_getdata(scn, NULL) : NULL;
	struct reading reading = { .value = sym->st_value };
	struct piece *p;

	if (!data || !data->d_buf || sym->st_value + sym->st_size > data->d_size)
		return -EINVAL;
	if (code->nr_pieces == MAX_PIECES)
		return -E2BIG;
	p = &code->pieces[code->nr_pieces++];
	snprintf(p->suffix, sizeof(p->suffix), "%s", suffix);
	p->size = sym->st_size;
	p->bytes = malloc(p->size + 1);
	if (!p->bytes)
		return -ENOMEM;
	memcpy(p->bytes, (char *)data->d_buf + sym->st_value, p->size);
	reading.p = p;
	return for_each_rela(o, sym->st_shndx, sym->st_value, sym->st_value + p->size, add_reloc,
			     &reading);
}

static int read_object(struct object *o, void *arg)
{
	struct code *code = arg;
	Elf_Scn *scn = NULL;
	GElf_Shdr shdr;
	GElf_Sym sym;
	int err = 0;

	while ((scn = elf_nextscn(o->elf, scn)))
		if (gelf_getshdr(scn, &shdr) && shdr.sh_type == SHT_SYMTAB) {
			o->symtab = scn;
			o->strings = shdr.sh_link;
			o->nr_symbols = shdr.sh_entsize ? shdr.sh_size / shdr.sh_entsize : 0;
		}
	for (size_t i = 0; o->symtab && i < o->nr_symbols && !err; i++) {
		const char *name = symbol_at(o, i, &sym);
		const char *suffix = name ? suffix_of(o, name) : NULL;

		if (suffix && GELF_ST_TYPE(sym.st_info) == STT_FUNC && sym.st_size)
			err = read_piece(o, &sym, suffix, code);
	}
	return err;
}

/* Calls fn for every object of an archive, or for the object file, until it returns != 0. */
static int for_each_object(int fd, int (*fn)(struct object *o, void *arg), struct object * o,
			   void *arg)
{
	Elf *archive = elf_begin(fd, ELF_C_READ, NULL), *elf;
	Elf_Cmd cmd = ELF_C_READ;
	int err = 0;

	if (!archive || elf_kind(archive) == ELF_K_NONE) {
		elf_end(archive);
		return -EINVAL;
	}
	while (!err && (elf = elf_begin(fd, cmd, archive))) {
		o->elf = elf;
		o->symtab = NULL;
		if (elf_kind(elf) == ELF_K_ELF)
			err = fn(o, arg);
		cmd = elf_next(elf);
		elf_end(elf);
	}
	elf_end(archive);
	return err;
}

static int open_objects(const char *file, int (*fn)(struct object *o, void *arg), struct object *o,
			void *arg)
{
	int fd, err;

	elf_version(EV_CURRENT);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = for_each_object(fd, fn, o, arg);
	close(fd);
	return err;
}

int code_read(const char *file, const char *symbol, struct code **out)
{
	struct code *code = calloc(1, sizeof(*code));
	struct object o = { .symbol = symbol };
	int err;

	*out = NULL;
	if (!code)
		return -ENOMEM;
	err = open_objects(file, read_object, &o, code);
	if (!err && !code->nr_pieces)
		err = -ENOENT;
	if (err)
		code_free(code);
	else
		*out = code;
	return err;
}

static const char *machine_name(unsigned machine)
{
	static const struct {
		unsigned machine;
		const char *name;
	} names[] = {
		{ EM_X86_64, "x86_64" }, { EM_S390, "s390x" },	  { EM_AARCH64, "arm64" },
		{ EM_RISCV, "riscv64" }, { EM_PPC64, "ppc64le" }, { EM_ARM, "arm" },
		{ EM_386, "i386" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].machine == machine)
			return names[i].name;
	return "unknown";
}

struct origin {
	char *arch, *compiler;
	size_t arch_size, compiler_size;
};

/* The compiler's name is in section .comment: "GCC: (Debian 12.2.0-14) 12.2.0". */
static int read_origin(struct object *o, void *arg)
{
	struct origin *origin = arg;
	Elf_Scn *scn = NULL;
	GElf_Ehdr ehdr;

	if (!gelf_getehdr(o->elf, &ehdr))
		return -EINVAL;
	snprintf(origin->arch, origin->arch_size, "%s", machine_name(ehdr.e_machine));
	while ((scn = elf_nextscn(o->elf, scn))) {
		Elf_Data *data;

		if (strcmp(section_name(o, elf_ndxscn(scn)), ".comment"))
			continue;
		data = elf_getdata(scn, NULL);
		/* NUL-terminated strings; some assemblers begin with an empty one. */
		for (size_t at = 0; data && at < data->d_size && !origin->compiler[0]; at++)
			snprintf(origin->compiler, origin->compiler_size, "%.*s",
				 (int)(data->d_size - at), (char *)data->d_buf + at);
	}
	return 1;
}

int code_origin(const char *file, char *arch, size_t arch_size, char *compiler,
		size_t compiler_size)
{
	struct origin origin = { arch, compiler, arch_size, compiler_size };
	struct object o = { 0 };
	int err;

	arch[0] = compiler[0] = '\0';
	err = open_objects(file, read_origin, &o, &origin);
	return err < 0 ? err : err ? 0 : -ENOENT;
}

void code_free(struct code *code)
{
	for (size_t i = 0; code && i < code->nr_pieces; i++) {
		free(code->pieces[i].bytes);
		free(code->pieces[i].relocs);
	}
	free(code);
}

size_t code_size(const struct code *code)
{
	size_t size = 0;

	for (size_t i = 0; i < code->nr_pieces; i++)
		size += code->pieces[i].size;
	return size;
}

static bool same_reloc(const struct reloc *a, const struct reloc *b)
{
	return a->offset == b->offset && a->type == b->type && a->addend == b->addend &&
	       !strcmp(a->target, b->target);
}

static bool same_piece(const struct piece *a, const struct piece *b)
{
	if (strcmp(a->suffix, b->suffix) || a->size != b->size || a->nr_relocs != b->nr_relocs ||
	    memcmp(a->bytes, b->bytes, a->size))
		return false;
	for (size_t i = 0; i < a->nr_relocs; i++)
		if (!same_reloc(&a->relocs[i], &b->relocs[i]))
			return false;
	return true;
}

bool code_same(const struct code *a, const struct code *b)
{
	if (a->nr_pieces != b->nr_pieces)
		return false;
	for (size_t i = 0; i < a->nr_pieces; i++) {
		bool found = false;

		for (size_t j = 0; j < b->nr_pieces && !found; j++)
			found = same_piece(&a->pieces[i], &b->pieces[j]);
		if (!found)
			return false;
	}
	return true;
}
