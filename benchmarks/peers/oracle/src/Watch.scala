package leapscore.oracle

import java.util.concurrent.{LinkedBlockingQueue, SynchronousQueue, TimeUnit, TimeoutException}

/** Runs code that may never end: for some inputs MLeap's loops do not converge. */
object Watch {
  val seconds = 5

  private class Worker extends Thread("scorer") {
    val tasks = new SynchronousQueue[() => Any]
    val answers = new LinkedBlockingQueue[Either[Throwable, Any]]
    setDaemon(true)
    start()
    override def run(): Unit = while (true) {
      val task = tasks.take()
      answers.add(try Right(task()) catch { case e: ThreadDeath => throw e; case e: Throwable => Left(e) })
    }
  }
  private var worker = new Worker

  /** The result of f, what it throws, or a TimeoutException. One call at a time. */
  def apply[A](f: => A): Either[Throwable, A] = {
    worker.tasks.put(() => f)
    var answer = worker.answers.poll(seconds, TimeUnit.SECONDS)
    while (answer == null && initializing(worker)) answer = worker.answers.poll(seconds, TimeUnit.SECONDS)
    if (answer != null) answer.asInstanceOf[Either[Throwable, A]]
    else {
      stop(worker)
      worker = new Worker
      Left(new TimeoutException(s"oracle: no answer in $seconds s"))
    }
  }

  // a class whose initializer was ended is refused to all rows after; those of the linear algebra take seconds
  private def initializing(t: Thread): Boolean = t.getStackTrace.exists(_.getMethodName == "<clinit>")

  // nothing else ends a loop that does not look at its interrupt flag
  @annotation.nowarn("cat=deprecation")
  private def stop(t: Thread): Unit = { t.stop(); t.join() }
}
