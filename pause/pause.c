/*
 * The first process of every Pod: it holds the Pod's namespaces, does nothing, and goes when told to.
 *
 * It is the parent of last resort for the processes of Pods that share one pid namespace, so it reaps zombies. It ends on SIGTERM and SIGINT.
 * All signals it cares for are blocked and taken one by one: as process 1 of a namespace it would never see an unblocked one without a handler.
 *
 * No C library: a handful of system calls do, and the program stays at about a kilobyte.
 */

enum { SIGINT = 2, SIGTERM = 15, SIGCHLD = 17, SIG_BLOCK = 0, WNOHANG = 1 };

#if defined(__x86_64__)
enum { SYS_rt_sigprocmask = 14, SYS_wait4 = 61, SYS_rt_sigtimedwait = 128, SYS_exit_group = 231 };

static long call(long number, long a, long b, long c, long d)
{
    register long r10 __asm__("r10") = d;
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
}
#elif defined(__aarch64__)
enum { SYS_exit_group = 94, SYS_rt_sigprocmask = 135, SYS_rt_sigtimedwait = 137, SYS_wait4 = 260 };

static long call(long number, long a, long b, long c, long d)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
}
#else
#error "pause: this machine's architecture is not known here yet"
#endif

#define BIT(signal) (1UL << ((signal) - 1))

void _start(void)
{
    const unsigned long wanted = BIT(SIGINT) | BIT(SIGTERM) | BIT(SIGCHLD);

    call(SYS_rt_sigprocmask, SIG_BLOCK, (long)&wanted, 0, sizeof wanted);
    for (;;) {
        long signal = call(SYS_rt_sigtimedwait, (long)&wanted, 0, 0, sizeof wanted);
        if (signal == SIGINT || signal == SIGTERM)
            call(SYS_exit_group, 0, 0, 0, 0);
        while (call(SYS_wait4, -1, 0, WNOHANG, 0) > 0)
            ;
    }
}
