// What a process must do before the runtime of Go starts.

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "early.h"

int leapscore_stdout_closed = 0;

static pid_t child = 0;

// exit_code is the code by which a shell shows how a process ended.
static int exit_code(int status) {
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// reap waits for all processes that have ended, since the first process of a container
// is the parent of those whose own has gone. It ends when the child has.
static void reap(void) {
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == child) _exit(exit_code(status));
	}
	if (pid < 0 && errno == ECHILD) _exit(1);
}

// watch passes signals on to the child, until it ends.
static void watch(const sigset_t *all) {
	for (;;) {
		int sig = 0;
		if (sigwait(all, &sig) != 0) continue;
		if (sig == SIGCHLD) {
			reap();
		} else if (sig != SIGTTIN && sig != SIGTTOU) {
			kill(child, sig);
		}
	}
}

// split makes a child that goes on with the program, and stays behind to pass
// signals on and to hand back its exit code. The child has a group of its own, in the
// foreground of the terminal if there is one, so that keys reach it once.
static void split(void) {
	sigset_t all, before;
	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, &before) != 0) return;
	child = fork();
	if (child > 0) watch(&all);
	if (child == 0) {
		setpgid(0, 0);
		if (isatty(STDIN_FILENO)) tcsetpgrp(STDIN_FILENO, getpid());
	}
	sigprocmask(SIG_SETMASK, &before, NULL); // without a child, the process goes on by itself
}

// The kernel drops the signals by which a process ends itself if it is the first one of
// a container: it cannot show that it has crashed. Tests are not the first one.
__attribute__((constructor)) static void early(void) {
	leapscore_stdout_closed = fcntl(STDOUT_FILENO, F_GETFD) < 0 && errno == EBADF;
	if (getpid() == 1 || getenv("LEAPSCORE_TEST_FIRST") != NULL) split();
}
