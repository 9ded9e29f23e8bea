package queue

import (
	"context"
	"fmt"
	"log/slog"
)

// redisLog takes what the Redis library says about its connections: a server that
// is away would fill the log, and the worker says it once.
type redisLog struct{ log *slog.Logger }

// Printf implements the library's logger.
func (l redisLog) Printf(ctx context.Context, format string, v ...any) {
	l.log.DebugContext(ctx, "redis library", "says", fmt.Sprintf(format, v...))
}

// asynqLog takes Asynq's log; its Fatal does not end the process.
type asynqLog struct{ log *slog.Logger }

func (l asynqLog) say(level slog.Level, args []any) {
	l.log.Log(context.Background(), level, "asynq", "says", fmt.Sprint(args...))
}

// Debug and the others implement asynq.Logger. Asynq repeats an error at every
// look at a Redis that is away, so its warnings and errors are information here:
// the worker's own log and metrics tell of the outage.
func (l asynqLog) Debug(args ...any) { l.say(slog.LevelDebug, args) }

func (l asynqLog) Info(args ...any) { l.say(slog.LevelDebug, args) }

func (l asynqLog) Warn(args ...any) { l.say(slog.LevelInfo, args) }

func (l asynqLog) Error(args ...any) { l.say(slog.LevelInfo, args) }

func (l asynqLog) Fatal(args ...any) { l.say(slog.LevelError, args) }
