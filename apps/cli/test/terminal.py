"""Types into a program as a person at a terminal would, and prints what the terminal showed.

Arguments: a JSON list of [text to wait for, text to type] pairs, a time limit in seconds, and the command.
"""
import json, os, pty, select, sys, time

steps, limit, command = json.loads(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)

shown, searched, ends = b"", 0, time.monotonic() + limit
while time.monotonic() < ends:
    if steps and steps[0][0].encode() in shown[searched:]:
        searched = shown.index(steps[0][0].encode(), searched) + len(steps[0][0].encode())
        os.write(terminal, steps.pop(0)[1].encode())
    if select.select([terminal], [], [], 0.05)[0]:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
else:
    os.kill(child, 9)
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(json.dumps({"code": code, "shown": shown.decode("utf8", "replace"), "left": len(steps)}))
