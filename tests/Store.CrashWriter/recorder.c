// Loaded into a process with LD_PRELOAD: writes down what the process does to the files under RECORD_DIRECTORY, in order, into RECORD_JOURNAL. From that a test
// rebuilds what a power loss at any moment may leave. One line an operation, followed by the bytes of a write:
//   create INODE PATH | open INODE PATH (it was there) | mkdir INODE PATH | rename FROM<tab>TO | link FROM<tab>TO | unlink PATH
//   write INODE OFFSET LENGTH | truncate INODE LENGTH | flush INODE
// With RECORD_FAULTS it also makes the disk fail: the file of that name, while it is there, holds "read|write|flush ERRNO [FROM]" a line,
// FROM being the offset from which on it fails.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t gate = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static const char *directory, *faults;
static int journal = -1;

static void *next(const char *name);

// Of the C library's own, whatever this file puts before it.
#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = next(#name)

static ssize_t raw_write(int file, const void *bytes, size_t length) {
  REAL(ssize_t, write, int, const void *, size_t);
  return real(file, bytes, length);
}

static void put(const void *bytes, size_t length) {
  for (const char *at = bytes; length > 0;) {
    ssize_t done = raw_write(journal, at, length);
    if (done < 0) { if (errno == EINTR) continue; abort(); }
    at += done; length -= (size_t)done;
  }
}

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...) {
  char line[2 * PATH_MAX + 100];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  put(line, (size_t)length);
}

__attribute__((constructor)) static void start(void) {
  REAL(int, open, const char *, int, ...);
  const char *path = getenv("RECORD_JOURNAL");
  directory = getenv("RECORD_DIRECTORY");
  faults = getenv("RECORD_FAULTS");
  if (!path || !directory) return;
  journal = real(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int inside(const char *path) {
  size_t length = directory ? strlen(directory) : 0;
  return journal >= 0 && length && path && strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == 0);
}

// The inode, when the file is one of those that are watched; 0 else.
static unsigned long watched(int file) {
  if (journal < 0) return 0;
  char link[40], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  struct stat of;
  return inside(path) && fstat(file, &of) == 0 ? of.st_ino : 0;
}

static int failing(const char *what, off_t offset) {
  REAL(int, open, const char *, int, ...);
  static ssize_t (*read_from)(int, void *, size_t);
  if (!read_from) read_from = next("read");
  if (!faults) return 0;
  int file = real(faults, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[200];
  ssize_t length = read_from(file, text, sizeof text - 1);
  close(file);
  text[length > 0 ? length : 0] = 0;
  char *at = strstr(text, what);
  if (!at) return 0;
  char *end;
  int error = (int)strtol(at + strlen(what), &end, 10);
  return offset >= (*end == ' ' ? atol(end) : 0) ? error : 0;
}

#define FAIL_IF(what, offset, value) do { int fault = inode ? failing(what " ", offset) : 0; if (fault) { errno = fault; return value; } } while (0)

static int opened(int file, int existed, int flags, const char *path) {
  struct stat of;
  if (file < 0 || !inside(path) || fstat(file, &of) != 0) return file;
  say(existed ? "open %lu %s\n" : "create %lu %s\n", of.st_ino, path);
  if (existed && (flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY) say("truncate %lu 0\n", of.st_ino);
  return file;
}

#define OPEN(name, ...) \
  int mode = 0; \
  if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, int); va_end(rest); } \
  if (!inside(path)) return real(__VA_ARGS__); \
  pthread_mutex_lock(&gate); \
  int existed = access(path, F_OK) == 0, file = opened(real(__VA_ARGS__), existed, flags, path); \
  pthread_mutex_unlock(&gate); \
  return file

int open(const char *path, int flags, ...) { REAL(int, open, const char *, int, ...); OPEN(open, path, flags, mode); }
int open64(const char *path, int flags, ...) { REAL(int, open64, const char *, int, ...); OPEN(open64, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { REAL(int, openat, int, const char *, int, ...); OPEN(openat, at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { REAL(int, openat64, int, const char *, int, ...); OPEN(openat64, at, path, flags, mode); }

static ssize_t wrote(unsigned long inode, const void *bytes, ssize_t done, off_t offset) {
  if (done > 0) { say("write %lu %ld %zd\n", inode, (long)offset, done); put(bytes, (size_t)done); }
  return done;
}

#define WATCH(plain) unsigned long inode = watched(file); if (!inode) return plain
#define LOCKED(type, expression) pthread_mutex_lock(&gate); type result = expression; int error = errno; pthread_mutex_unlock(&gate); errno = error; return result

ssize_t write(int file, const void *bytes, size_t length) {
  WATCH(raw_write(file, bytes, length));
  FAIL_IF("write", 0, -1);
  pthread_mutex_lock(&gate);
  off_t offset = lseek(file, 0, SEEK_CUR);
  if (fcntl(file, F_GETFL) & O_APPEND) offset = lseek(file, 0, SEEK_END);
  ssize_t done = wrote(inode, bytes, raw_write(file, bytes, length), offset);
  pthread_mutex_unlock(&gate);
  return done;
}

#define PWRITE(name) ssize_t name(int file, const void *bytes, size_t length, off_t offset) { \
  REAL(ssize_t, name, int, const void *, size_t, off_t); \
  WATCH(real(file, bytes, length, offset)); \
  FAIL_IF("write", offset, -1); \
  LOCKED(ssize_t, wrote(inode, bytes, real(file, bytes, length, offset), offset)); }
PWRITE(pwrite)
PWRITE(pwrite64)

#define PWRITEV(name) ssize_t name(int file, const struct iovec *parts, int count, off_t offset) { \
  REAL(ssize_t, name, int, const struct iovec *, int, off_t); \
  WATCH(real(file, parts, count, offset)); \
  ssize_t all = 0; \
  for (int i = 0; i < count; i++) { \
    ssize_t done = pwrite(file, parts[i].iov_base, parts[i].iov_len, offset + all); \
    if (done < 0) return all ? all : done; \
    all += done; \
    if ((size_t)done < parts[i].iov_len) break; \
  } \
  return all; }
PWRITEV(pwritev)
PWRITEV(pwritev64)

#define PREAD(name) ssize_t name(int file, void *bytes, size_t length, off_t offset) { \
  REAL(ssize_t, name, int, void *, size_t, off_t); \
  WATCH(real(file, bytes, length, offset)); \
  FAIL_IF("read", offset, -1); \
  return real(file, bytes, length, offset); }
PREAD(pread)
PREAD(pread64)

static int done(int result, const char *format, unsigned long inode, long length) {
  if (result == 0) { if (length >= 0) say(format, inode, length); else say(format, inode); }
  return result;
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

#define TRUNCATE(name) int name(int file, off_t length) { \
  REAL(int, name, int, off_t); \
  WATCH(real(file, length)); \
  LOCKED(int, done(real(file, length), "truncate %lu %ld\n", inode, (long)length)); }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

#define FLUSH(name) int name(int file) { \
  REAL(int, name, int); \
  WATCH(real(file)); \
  FAIL_IF("flush", 0, -1); \
  LOCKED(int, done(real(file), "flush %lu\n", inode, -1)); }
FLUSH(fsync)
FLUSH(fdatasync)

#define PAIR(name, word) int name(const char *from, const char *to) { \
  REAL(int, name, const char *, const char *); \
  if (!inside(from) && !inside(to)) return real(from, to); \
  pthread_mutex_lock(&gate); \
  int result = real(from, to), error = errno; \
  if (result == 0) say(word " %s\t%s\n", from, to); \
  pthread_mutex_unlock(&gate); \
  errno = error; \
  return result; }
PAIR(rename, "rename")
PAIR(link, "link")

int unlink(const char *path) {
  REAL(int, unlink, const char *);
  if (!inside(path)) return real(path);
  pthread_mutex_lock(&gate);
  int result = real(path), error = errno;
  if (result == 0) say("unlink %s\n", path);
  pthread_mutex_unlock(&gate);
  errno = error;
  return result;
}

int mkdir(const char *path, mode_t mode) {
  REAL(int, mkdir, const char *, mode_t);
  if (!inside(path)) return real(path, mode);
  pthread_mutex_lock(&gate);
  int result = real(path, mode), error = errno;
  struct stat of;
  if (result == 0 && stat(path, &of) == 0) say("mkdir %lu %s\n", of.st_ino, path);
  pthread_mutex_unlock(&gate);
  errno = error;
  return result;
}

static void *real_dlsym(void *library, const char *name) {
  static void *(*real)(void *, const char *);
  const char *versions[] = {"GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5"};
  for (int i = 0; !real && i < 3; i++) real = dlvsym(RTLD_NEXT, "dlsym", versions[i]);
  return real(library, name);
}

static void *next(const char *name) { return real_dlsym(RTLD_NEXT, name); }

// .NET looks its calls to the C library up by name, in that library alone: it is given those of this file.
void *dlsym(void *library, const char *name) {
  if (library != RTLD_NEXT) {
    if (strcmp(name, "fdatasync") == 0) return fdatasync;
    if (strcmp(name, "fsync") == 0) return fsync;
    if (strcmp(name, "link") == 0) return link;
    if (strcmp(name, "open") == 0) return open;
  }
  return real_dlsym(library, name);
}
