// Only the reply reader is used: NIO owns the sockets, hiredis turns bytes into typed replies.
#include <hiredis/read.h>
#include <hiredis/hiredis.h>
