/// Serves HTTP clients.
public final class RESTListener {}
